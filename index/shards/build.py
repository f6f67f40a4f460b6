"""Building an index in shards: each by an ordinary build of its part, then one manifest of all."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from index.articles.files import Root
from index.build.events import Progress, Summary
from index.build.partition import Part
from index.build.pipeline import BuildRequest, build
from index.disk.durable_files import Unconfirmed
from index.errors import BadRequest, IndexUnwritable, NoIndex, reason_of
from index.models.passage_encoder import PassageEncoder
from index.search.keywords import KeywordIndex
from index.shards.manifest import FORMAT, ShardRecord, ShardsManifest, read_shards, write_shards
from index.shards.store import ShardedStore, manifest_digest
from index.storage.generation import KEYWORDS, PARTS

MOST_SHARDS = 999


@dataclass(frozen=True, slots=True)
class BuiltShard:
    """What the build of a shard came to."""

    summary: Summary
    record: ShardRecord | None
    """None for a shard without any article, which has no index."""


def parts_for(store: ShardedStore, count: int | None) -> list[Part]:
    """Return the parts of an index; a count of None means that it stays.

    Raises BadRequest without any count, IndexDamaged.
    """
    if count is None:
        try:
            count = read_shards(store.folder).count
        except NoIndex as error:
            raise BadRequest("no index yet: say how many shards it gets, --shards N") from error
    if not 1 <= count <= MOST_SHARDS:
        raise BadRequest(f"{count:,} shards; from 1 to {MOST_SHARDS} are possible")
    return [Part(number, count) for number in range(count)]


def roots_for(store: ShardedStore, request: BuildRequest) -> tuple[Root, ...]:
    """Return the remembered roots, with those to add and without those to forget.

    Raises BadRequest if there are none, or if one to forget is not remembered.
    """
    roots = {root.path: root for root in (*store.remembered_roots(), *request.roots)}
    for root in request.forget:
        if roots.pop(root.path, None) is None:
            raise BadRequest(f"{root.given} is not among the indexed folders")
    if not roots and not request.forget:
        raise BadRequest("nothing to index yet; name a folder: byline cluster index FOLDER")
    return tuple(roots.values())


def build_shard(
    store: ShardedStore, part: Part, request: BuildRequest, encoder: PassageEncoder
) -> Iterator[Progress | BuiltShard]:
    """Bring one shard up to date with the roots of a request; raises as `build` does."""
    shard = store.shard(part)
    wanted = {root.path for root in request.roots}
    forgotten = tuple(root for root in shard.remembered_roots() if root.path not in wanted)
    own = replace(request, part=part, forget=forgotten)
    for event in build(shard, own, encoder):
        if isinstance(event, Summary):
            yield BuiltShard(event, recorded(store, part))
        else:
            yield event


def recorded(store: ShardedStore, part: Part) -> ShardRecord | None:
    """Return what the manifest says of a shard as it is now; None without any article."""
    shard = store.shard(part)
    if not shard.exists():
        return None
    with closing(shard.open()) as index:
        folder, manifest = index.generation.folder, index.generation.manifest
        return ShardRecord(
            number=part.number,
            generation=index.name,
            sha256=manifest_digest(folder),
            articles=manifest.articles,
            passages=manifest.passages,
            keywords=KeywordIndex.open(folder / KEYWORDS).totals(),
            parts=KeywordIndex.open(folder / PARTS).totals(),
        )


def publish(
    store: ShardedStore, parts: Sequence[Part], roots: tuple[Root, ...],
    built: Iterable[BuiltShard],
) -> None:  # fmt: skip
    """Publish the shards together, in one step, unless nothing changed. Raises IndexUnwritable."""
    records = [one.record for one in built if one.record is not None]
    manifest = ShardsManifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        count=len(parts),
        roots=roots,
        shards=tuple(sorted(records, key=lambda record: record.number)),
    )
    with suppress(Exception):
        old = read_shards(store.folder)
        if (old.count, old.roots, old.shards) == (len(parts), roots, manifest.shards):
            return
    try:
        write_shards(store.folder, manifest)
    except Unconfirmed as error:
        raise IndexUnwritable(
            f"{store.folder}: {reason_of(error)}; the new index is in place, but a power cut "
            "may lose it"
        ) from error
    except OSError as error:
        raise IndexUnwritable(
            f"{store.folder}: {reason_of(error)}; the index was not changed"
        ) from error


def build_shards(
    store: ShardedStore, request: BuildRequest, encoder: PassageEncoder, count: int | None
) -> Iterator[Progress | Summary]:
    """Bring an index in shards up to date, one shard after another, in this process."""
    with store.building():
        parts, roots = parts_for(store, count), roots_for(store, request)
        request = replace(request, roots=roots, forget=())
        built: list[BuiltShard] = []
        for part in parts:
            for event in build_shard(store, part, request, encoder):
                if isinstance(event, BuiltShard):
                    built.append(event)
                else:
                    yield event
        publish(store, parts, roots, built)
        store.collect_garbage()
    yield summed([one.summary for one in built])


def summed(summaries: Sequence[Summary]) -> Summary:
    """Return the summaries of all shards as one."""
    missing = {one.root: one for summary in summaries for one in summary.missing_roots}
    for root, one in missing.items():
        articles = sum(
            each.articles for summary in summaries for each in summary.missing_roots
            if each.root == root
        )  # fmt: skip
        missing[root] = replace(one, articles=articles)
    return Summary(
        added=sum(one.added for one in summaries),
        changed=sum(one.changed for one in summaries),
        removed=sum(one.removed for one in summaries),
        unchanged=sum(one.unchanged for one in summaries),
        skipped=tuple(item for one in summaries for item in one.skipped),
        missing_roots=tuple(missing.values()),
        articles=sum(one.articles for one in summaries),
        passages=sum(one.passages for one in summaries),
        embedded=sum(one.embedded for one in summaries),
        reused=sum(one.reused for one in summaries),
        published=any(one.published for one in summaries),
        rebuild_reason=next((one.rebuild_reason for one in summaries if one.rebuild_reason), None),
        seconds=sum(one.seconds for one in summaries),
        mixed=tuple(path for one in summaries for path in one.mixed),
        notes=tuple(note for one in summaries for note in one.notes),
    )
