"""Abbreviations: the words that end in a full stop without ending a sentence, by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Habits:
    """How a language uses the full stop. All words in lower case, without their last stop.

    never: no sentence ends in them (titles). numbered: no sentence ends in them before a digit.
    final: before a capital a sentence ends in them. years: so it does after a number, if the
    sentence is not too short. perhaps: `starters`, words that open sentences, decide; so they do
    for all of the kind "U.S.".
    ordinals: a stop makes a number an ordinal ("3. Oktober"), after `before_ordinal` or before `after_ordinal`.
    """

    never: frozenset[str]
    numbered: frozenset[str]
    final: frozenset[str]
    perhaps: frozenset[str]
    starters: frozenset[str]
    years: frozenset[str] = frozenset()
    ordinals: bool = False
    before_ordinal: frozenset[str] = frozenset()
    after_ordinal: frozenset[str] = frozenset()


EVERYWHERE = _words("dr prof st vs cf ca approx al mr mrs ms")
# These are written without a stop: behind a number, one that follows them ends the sentence ("152 mm.").
UNITS = _words("mm cm m km kg g t l ml h min s ha km² m² m³ kw mw gw kwh мм см м км кг т л")
NUMBERS_EVERYWHERE = _words("no nr art vol fig p pp cap par § №")

EN = Habits(
    never=_words(
        """messrs hon rev gen col lt sgt capt maj cmdr adm brig gov sen sens rep reps pres supt det insp e.g
        i.e viz ft mt mx esq"""
    ),
    numbered=_words("jan feb mar apr jun jul aug sept sep oct nov dec ch sec nos"),
    final=_words("etc"),
    perhaps=_words(
        "u.s u.k u.n e.u d.c u.s.a u.a.e a.m p.m inc ltd co corp jr sr bros ave blvd dept est l.a ph.d"
    ),
    starters=_words(
        """the a an it he she they we i you in on at but and this that these those his her its their our there
        as for if when while after before by according however meanwhile both some many most no not one two
        what who why how since although though last all asked with from under so nor yet now then earlier
        later"""
    ),
)
FR = Habits(
    never=_words("mm mme mmes mlle mlles me mgr pr gén col cdt lt av bd c.-à-d env ste dir"),
    numbered=_words("janv févr fév avr juill juil sept oct nov déc n chap éd"),
    final=_words("etc"),
    perhaps=_words("o.n.u u.e u.s.a é.-u s.a j.-c apr"),
    starters=_words(
        """le la les l' un une des il elle ils elles on nous vous je ce cette ces cet c' mais et en au aux à
        dans selon pour par sur après avant depuis d' de du son sa ses leur leurs si quand alors ainsi or
        donc"""
    ),
)
DE = Habits(
    never=_words(
        """hr fr frl dipl ing z.b z d.h u.a u.u u o.ä o s.o s.u bzw evtl ggf sog vgl inkl exkl zzgl geb gest
        verh gen hrsg mind i.d.r i.a lic dres abg"""
    ),
    numbered=_words("jan feb apr aug sept okt nov dez s abs kap tel bd ziff str"),
    final=_words("usw etc"),
    perhaps=_words("mio mrd tsd str jh jhd n.chr v.chr chr co u.s u.s.a e.v a.d"),
    starters=_words(
        """der die das ein eine es er sie wir ich ihr in im am an auf aber und doch dies diese dieser dieses
        seine ihre nach laut vor bei mit für wie als wenn während zudem dabei damit da dort so auch nun
        zuvor danach"""
    ),
    ordinals=True,
    before_ordinal=_words(
        """der die das dem den des am im zum zur vom beim ins ein eine einen einem einer eines jeder jede jedes
        jedem jeden seit bis ab und seinem seiner seinen ihrem ihrer ihren diesem dieser diesen sein ihr
        unser unserem montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag dessen deren"""
    ),
    after_ordinal=_words(
        """januar jänner februar märz april mai juni juli august september oktober november dezember jan feb
        apr aug sept okt nov dez jahrhundert jahrhunderts jahrestag geburtstag armee brigade division
        bundesliga weltkrieg weltkriegs weltkrieges klasse stock mal tag platz runde spieltag minute
        lebensjahr juli-woche"""
    ),
)
ES = Habits(
    never=_words(
        """sr sra sres sras srta d dª dña dra dres ud uds vd gral cnel cap tte sgto cte lic ing arq av avda
        mons pbro"""
    ),
    numbered=_words("ene feb mar abr may jun jul ago sep sept set oct nov dic pág págs núm núms n.º n art"),
    final=_words("etc"),
    perhaps=_words("ee.uu uu ee s.a a.m p.m a.c d.c o.n.u cía"),
    starters=_words(
        """el la los las un una lo al del en y pero su sus según él ella ellos se no este esta estos estas eso
        así por para con tras desde aunque cuando si ya más también entonces"""
    ),
)
IT = Habits(
    never=_words(
        """sig sigg sig.ra sig.na dott dott.ssa prof.ssa avv ing arch on sen gen col cap ten magg mons rag geom
        f.lli d.ssa"""
    ),
    numbered=_words("genn febbr febb mar apr magg giu lug ag sett ott nov dic pag pagg n nn tel"),
    final=_words("ecc etc"),
    perhaps=_words("u.s.a o.n.u s.p.a a.c d.c c.a u.e"),
    starters=_words(
        """il lo la i gli le un una uno l' in nel nella e ma si non è per con da dal dalla secondo dopo prima
        anche questo questa quello quella loro lui lei così quando se al alla"""
    ),
)
PT = Habits(
    never=_words(
        """sr sra srs sras srta dra drs eng arq gen cel cap ten sgt maj av d dom exmo exma ilmo v.ex mons"""
    ),
    numbered=_words("jan fev mar abr mai jun jul ago set out nov dez pág págs núm n.º n"),
    final=_words("etc"),
    perhaps=_words("e.u.a eua s.a a.c d.c o.n.u lda ltda cia"),
    starters=_words(
        """o a os as um uma em no na e mas ele ela eles elas segundo por para com após depois desde embora
        quando se já este esta esse essa isso também ao à não seu sua do da"""
    ),
)
RU = Habits(
    never=_words(
        """ул пр просп пер пл наб тов гр гр-н проф акад доц ген полк кн см ср напр т.е т.к т.н пос дер св н.п
        др.-рус дж г-н г-жа р-н куб кв т"""
    ),
    numbered=_words("стр рис табл гл п пп янв февр апр авг сент окт нояб дек д корп кв"),
    final=_words("тыс млн млрд трлн руб долл коп мин сек час чел т.д т.п др"),
    years=_words("г гг в вв"),
    perhaps=_words("обл ст ч с ш пр н.э э мл э.н д оз ред изд ок"),
    starters=_words(
        """он она они это этот эта эти в на по при но и а также однако ранее позже как так кроме после до об о
        с со у к из за для там тогда теперь сейчас его её ее их по-прежнему"""
    ),
)
UK = Habits(
    never=_words(
        """вул просп пров пл ім тов гр проф акад доц ген полк кн див напр т.зв св п дж р-н кв куб смт т т.є"""
    ),
    numbered=_words("стор рис табл гл січ лют бер квіт трав черв лип серп вер жовт лист груд буд корп"),
    final=_words("тис млн млрд трлн грн дол коп сек осіб т.д т.п ін"),
    years=_words("р рр"),
    perhaps=_words("ст обл хв год д н.е м с ч в"),
    starters=_words(
        """він вона вони це цей ця ці у в на за при але й і та а також однак раніше пізніше як так крім після
        до про з зі із для там тоді тепер зараз його її їх"""
    ),
)
NONE = frozenset[str]()
KO = Habits(never=NONE, numbered=NONE, final=NONE, perhaps=NONE, starters=NONE)

HABITS: Mapping[str, Habits] = {
    "en": EN,
    "fr": FR,
    "de": DE,
    "es": ES,
    "it": IT,
    "pt": PT,
    "ru": RU,
    "uk": UK,
    "ko": KO,
    "ja": KO,
    "zh": KO,
}
