"""Word lists: closed classes of English words, and common open-class words of questions."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUESTION_WORDS = _words("who whom whose what which when where why how")
DETERMINERS = _words(
    """a an the this that these those some any every each no all both many much more most few less
    several another other such own first second third last next one two three four five half"""
)
PRONOUNS = _words(
    """i me my you your we us our he him his she her hers it its they them their theirs there here
    someone somebody anyone anybody everyone everybody nobody something anything everything nothing
    one ones myself yourself himself herself itself themselves"""
)
AUXILIARIES = _words(
    """am is are was were be been being do does did done doing have has had having can could may
    might must shall should will would 's 're 've 'll 'd don't doesn't didn't isn't aren't wasn't
    weren't won't can't couldn't wouldn't shouldn't hasn't haven't hadn't dont doesnt didnt"""
)
FORMS_OF_BE = _words("am is are was were be been being isn't aren't wasn't weren't 's 're")
POSSESSIVES = _words("my your our his her its their")
PREPOSITIONS = _words(
    """of in on at by for from to with about into onto over under after before between among during
    through across against around near since until till toward towards upon within without behind
    beside besides beyond above below off out up down like than as per via versus vs despite
    concerning regarding throughout inside outside along"""
)
PLACE_PREPOSITIONS = _words("in at near around from to into across outside inside through within")
CONJUNCTIONS = _words("and or but nor so if because while although though unless whether that then")
ADVERBS = _words(
    """not also too very just only even still yet already again ever never always often sometimes
    usually now today tomorrow yesterday ago soon later early earlier once twice else instead
    together apart away back forward well rather quite almost about please maybe perhaps really
    exactly actually besides how however therefore long far further longer better worse best worst
    most least ok okay oh yes no wow hmm interesting thanks thank naturally overall home anymore
    abroad altogether total when where why"""
)
AFTER_IN = _words("general particular fact addition short total all common")
"""Nouns that form an adverb with `in`: `in general`."""
ADJECTIVES = _words(
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
VERBS = _words(
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
RELATIONAL = _words(
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
UNIQUE = _words(
    """world earth sun moon sky sea ocean internet web past future present morning afternoon evening
    night day weekend summer winter spring autumn fall year month week moment public universe same
    most least country countries first time way law government police press media weather"""
)
"""Nouns that take `the` without having been mentioned before."""
ASPECTS = RELATIONAL | UNIQUE
PEOPLE = _words(
    """actor actress admiral ambassador analyst artist astronaut athlete author banker boss boy
    brother captain chairman chairwoman chancellor chief coach colonel commander composer
    commissioner daughter delegate deputy diplomat director doctor driver editor engineer envoy
    executive expert father founder general girl governor head husband inventor journalist judge
    king lawyer leader lieutenant man mayor minister monarch mother musician negotiator officer
    official painter person pilot pirate player poet politician pope premier president prince
    princess professor prosecutor queen researcher scientist secretary senator sheriff singer sister
    soldier son spokesman spokesperson spokeswoman sultan teacher treasurer tsar wife winner witness
    woman writer"""
)
IRREGULAR_PLURALS = _words("people men women children police media data feet teeth mice")
COUNTRIES = _words(
    """africa america american americas argentina asia australia austria belgium brazil britain
    canada chile china cuba czechia denmark egypt england estonia europe finland france georgia
    germany greece hungary iceland india indonesia iran iraq ireland israel italy japan korea latvia
    libya lithuania mexico netherlands nigeria norway pakistan panama poland portugal romania russia
    scotland serbia spain sweden switzerland syria taiwan turkey ukraine vietnam wales beijing
    berlin brussels geneva kiev kyiv london madrid moscow munich paris prague rome tokyo vienna
    warsaw washington"""
)
"""Places, which often appear without a preposition, as an actor: `What did Norway say?`."""
OF_PEOPLES = ("ian", "ean", "ican", "ish", "ese", "ench", "zech", "erman", "oman", "pole")
"""Endings of words for where somebody is from."""
MONTHS = _words(
    """january february march april may june july august september october november december"""
)
_COMMON = VERBS | ADJECTIVES | ADVERBS | RELATIONAL
YEAR = re.compile(r"(?:1[0-9]{3}|20[0-9]{2})")
OPENERS = _words("and but so or then also ok okay oh wow interesting thanks yes no well hmm")
"""Words that may open or close a question that continues the previous one."""


_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("d", ""))


def bases(word: str) -> list[str]:
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
    return any(base in _COMMON for base in bases(word.lower()))


def is_plural(word: str) -> bool:
    """Return whether a lower-case noun looks like a plural."""
    return word in IRREGULAR_PLURALS or (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s"))
    )
