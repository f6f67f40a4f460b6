"""Words that are common in questions about anything."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ADVERBS = _words(
    """not also too very just only even still yet already again ever never always often sometimes
    usually now today tomorrow yesterday ago soon later early earlier once twice else instead
    together apart away back forward well rather quite almost about please maybe perhaps really
    exactly actually besides how however therefore long far further longer better worse best worst
    most least ok okay oh yes no wow hmm interesting thanks thank naturally overall home anymore
    abroad altogether total when where why going doing anything something everything nothing anyone
    someone everyone anybody somebody everybody nobody anywhere somewhere"""
)
_CONTRACTED = _words(
    """ain aren couldn didn doesn don hadn hasn haven isn ll mightn mustn needn re shan shouldn ve
    wasn weren won wouldn"""
)
"""What is before the apostrophe of `doesn't`, and after that of `we've`."""
_ADJECTIVES = _words(
    """important popular famous common good bad big small large great new old young free legal
    illegal safe dangerous harmful healthy main major key typical certain possible likely true false
    real right wrong high low short cheap expensive easy hard difficult different similar same
    unique special available known well-known best better worse worst largest biggest smallest
    oldest youngest newest latest earliest highest lowest longest shortest strongest closest nearest
    fastest cheapest easiest hardest early late ready sure open closed unusual strong weak rich poor
    alive dead effective responsible necessary original traditional modern recent current previous
    former other many worth native married independent active younger older bigger smaller larger
    stronger higher lower harder easier cheaper faster related"""
)
_VERBS = _words(
    """accept accuse achieve act add affect agree aim allow announce answer appear apply approve
    argue arrest arrive ask attack attend attract avoid ban become became begin began begun believe
    belong bounce break broke broken bring brought build built burn buy bought call cancel carry
    catch caught cause celebrate change charge choose chose chosen claim close come came compare
    compete confirm consider consume contain cook continue contribute control convince cost cover
    create criticise criticize cut damage deal decide declare decline demand deny deploy depend
    describe develop die differ discover discuss dismiss divide drink drank drive drove drop earn
    eat ate eaten elect emerge employ enable encounter end enter escape establish evolve exist
    expand expect expire explain face fail fall fell fallen feel felt fight fought find found finish
    fire fit fix fly flew follow force forget form gain get got gotten give gave given go goes went
    gone govern grow grew grown happen harm hear heard help hide hit hold held hope host hunt hurt
    identify impact imply improve include increase influence inform intend introduce invade invent
    investigate invite involve issue join keep kept kill know knew known land last launch lead led
    learn leave left let lie like listen live look lose lost love make made manage mark marry matter
    mean meant meet met mention motivate move name need negotiate notice object occur offer open
    operate oppose order own oxidize pass pay paid perform pick plan play pledge point present
    prevent produce promise propose protect prove provide publish push put quit rage raise reach
    react read receive recycle relieve recommend reduce refuse reject relate release remain remember
    remove repair replace reply report represent require resign respond result retire return reveal
    reverse rise rose risen rule run ran save say said see saw seen seem seek sought sell sold send
    sent serve set settle share shift shoot shot show shown shut sign sink sank sleep smoke solve
    speak spoke spoken spend spent spoil spread stand stood start state stay steal stole stolen stop
    strike struck study succeed suffer suggest support survive suspect take took taken talk teach
    taught tell told test think thought threaten throw threw thrown transport travel treat try turn
    understand understood use used vanish visit vote wait wake woke walk want warn watch wear weigh
    widen win won withdraw withdrew work worry write wrote written"""
)
_RELATIONAL = _words(
    """advantage aim amount application area argument artist aspect background basis benefit breed
    case category cause challenge chance characteristic class component con concern condition
    consequence content cost criticism date definition detail difference difficulty disadvantage
    discovery drawback duration effect event evidence example experience explanation fact factor
    feature finding founder founding function future goal head history idea impact implication
    importance ingredient instrument invention kind layer leader length level limit location meaning
    measure member method model name number objective option origin outcome part pattern people
    percentage period place point population price principle pro problem process project property
    purpose question range rate reaction reason relation relationship requirement response result
    rest risk role root rule safety sauce sequence series show side sign significance similarity
    size sort source species speed stage start statistic step structure style symptom system
    technique term theme thing time tradition treatment trend type uncertainty use value variant
    variation variety version view way weight winner"""
)
"""Nouns for an aspect of something else: `the origins of popular music` is about the music."""
_COMMON = _VERBS | _ADJECTIVES | _ADVERBS | _CONTRACTED | _RELATIONAL
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("d", ""))


def _bases(word: str) -> list[str]:
    """Return the possible base forms of a lower-case word, the word itself first."""
    found = [word]
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            found.append(word.removesuffix(ending) + replacement)
    if word.endswith("ing") and len(word) > 5:
        found += [word[:-3], word[:-3] + "e"]
    return found + [base[:-1] for base in found if len(base) > 3 and base[-1] == base[-2]]


def is_common(word: str) -> bool:
    """Return whether a word, in some form, is common in questions about anything."""
    return any(base in _COMMON for base in _bases(word.lower()))
