"""Words that name a speaker → what they say of it: the kind of asserter, the person's name, the roles."""

from __future__ import annotations

import re

from monitor.claims.cues import Cues
from monitor.claims.institutions import kind_of_name
from monitor.utterances import AsserterKind

_WORD = re.compile(r"[ldLD]['’](?=\w)|\w+(?:[-‑'’ʼ.]\w+)*|[,«»“”\"&]")
_KATAKANA_NAME = re.compile(r"[ァ-ヺー]{2,}(?:[・＝=･][ァ-ヺー]+)*(?=[^ァ-ヺー・]*$)")
_WITHOUT_SPACES = "ja"
_STATIONED = "주재"
_INSTITUTIONS = (AsserterKind.STATE_BODY, AsserterKind.COMPANY, AsserterKind.ORGANISATION)
_ROLES = ("persons", "unnamed", "speaks_for")
_BODIES = ("bodies", "state", "companies", "outlets")


def kind_of(speaker: str, cues: Cues) -> AsserterKind:
    """Tell what kind of asserter these words name.

    Who is known to speak for a body without a name of their own counts as that body.
    """
    if known := kind_of_name(speaker, cues.lang):
        return known
    return _kind_with_capitals(speaker, cues) if cues.words else _kind_without_capitals(speaker, cues)


def is_institution(speaker: str, cues: Cues) -> bool:
    """Tell a body of state, a company or another organisation from a person, a medium and an unnamed source."""
    return kind_of(speaker, cues) in _INSTITUTIONS


def personal_name(speaker: str, cues: Cues) -> str:
    """Cut a person's own name out of the words of a speaker; "" where they have none."""
    if kind_of_name(speaker, cues.lang):
        return ""
    if not cues.words:
        return _name_without_capitals(speaker, cues)
    words = _WORD.findall(speaker)
    runs: list[tuple[str, list[str]]] = []
    before = ""
    for word in words:
        if _may_name(word, cues) and runs and runs[-1][0] != "." and before == runs[-1][1][-1]:
            runs[-1][1].append(word)
        elif _may_name(word, cues):
            runs.append((before, [word]))
        before = word
    named = [run for opening, run in runs if _opens_name(opening, run, words, cues)]
    longest: list[str] = max(reversed(named), key=len, default=[])
    return " ".join(longest)


def roles(speaker: str, cues: Cues) -> frozenset[str]:
    """Give the role words among the words of a speaker, in small letters."""
    if not cues.words:
        last = speaker.rsplit(maxsplit=1)[-1] if speaker.split() else ""
        ends = (last[i:] for i in range(len(last)))
        return frozenset(end for end in ends if any(cues.attribution[kind].fullmatch(end) for kind in _ROLES))
    return frozenset(
        word.lower()
        for word in _WORD.findall(speaker)
        if any(is_word(kind, word, cues) for kind in _ROLES) and not _body(word, cues)
    )


def is_word(kind: str, word: str, cues: Cues) -> bool:
    """Tell whether a whole word is in a list of its language; of a German compound, its last part."""
    listed, last = cues.attribution[kind], word.rpartition("-")[2]
    compound = cues.lang == "de" and 0 < len(last) < len(word)  # "US-Außenministerium"
    return bool(listed.fullmatch(word) or (compound and listed.fullmatch(last)))


def is_acronym(word: str) -> bool:
    """Tell "BP" and "ООН" from a name; a single letter is an initial."""
    return word.isupper() and sum(map(str.isalpha, word)) > 1


def _body(word: str, cues: Cues) -> AsserterKind | None:
    lists = (
        ("outlets", AsserterKind.MEDIUM),
        ("state", AsserterKind.STATE_BODY),
        ("companies", AsserterKind.COMPANY),
        ("bodies", AsserterKind.ORGANISATION),
    )
    return next((kind for name, kind in lists if is_word(name, word, cues)), None)


def _head(words: list[str], cues: Cues) -> str | None:
    """Give the noun that the others only describe: the last before "of" in English, the first elsewhere."""
    known = [word for word in words if any(is_word(kind, word, cues) for kind in (*_ROLES, *_BODIES))]
    if cues.lang != "en":
        return next(iter(known), None)
    until = next((i for i, word in enumerate(words) if is_word("links", word, cues) or word == ","), len(words))
    return next((word for word in reversed(words[:until]) if word in known), next(iter(known), None))


def _may_name(word: str, cues: Cues) -> bool:
    if not any(part[:1].isupper() for part in re.split("[-‑'’]", word)) or word.endswith(("'s", "’s")):
        return False
    office = (*_ROLES, *_BODIES, "indefinite", "dets", "pronouns")
    return not any(is_word(kind, word, cues) for kind in office)


def _opens_name(before: str, run: list[str], words: list[str], cues: Cues) -> bool:
    """Tell a person's name by what stands before it: an office, a comma, or nothing."""
    if run == words and is_acronym(run[-1]):
        return False
    if len(run) == 1 and (run[0].isupper() or cues.lang == "de") and len(words) > 1:
        return bool(before) and any(is_word(kind, before, cues) for kind in _ROLES) and not run[0].isupper()
    last = words[words.index(run[-1]) + 1 :]
    if last and any(is_word(kind, last[0], cues) for kind in (*_ROLES, *_BODIES)):
        return False  # "Kremlin spokesman", "Oda Group"
    if not before:
        return not last or last[0] == "," or len(run) > 1
    if before == "," or any(is_word(kind, before, cues) for kind in _ROLES):
        return True
    office = any(is_word("persons", word, cues) for word in words)
    joined = any(is_word(kind, before, cues) for kind in ("links", "dets"))
    return len(run) > 1 and before.islower() and not joined and (office or not _body(before, cues))


def _kind_with_capitals(speaker: str, cues: Cues) -> AsserterKind:
    words = _WORD.findall(speaker)
    if personal_name(speaker, cues):
        return AsserterKind.PERSON
    head = _head(words, cues)
    if head and is_word("unnamed", head, cues):
        return AsserterKind.UNNAMED_SOURCE
    if any(is_word("speaks_for", word, cues) for word in words):
        body = next((kind for word in words if (kind := _body(word, cues))), None)
        return body or _kind_within(words, cues) or AsserterKind.PERSON
    if head and is_word("persons", head, cues) and not _body(head, cues):
        return AsserterKind.UNNAMED_SOURCE if is_word("indefinite", words[0], cues) else AsserterKind.PERSON
    if any(_is_outlet_alone(word, cues) for word in (head, *words[-1:]) if word):  # "state media in Iran"
        return AsserterKind.MEDIUM
    bodies = [kind for word in words if (kind := _body(word, cues))]
    acronym = any(map(is_acronym, words))
    return next(iter(bodies), AsserterKind.ORGANISATION if acronym else AsserterKind.PERSON)


def _is_outlet_alone(word: str, cues: Cues) -> bool:
    """Tell "media" and "KCNA" from "agency", which may be a spy agency."""
    others = ("bodies", "state", "companies")
    return is_word("outlets", word, cues) and not any(is_word(kind, word, cues) for kind in others)


def _kind_within(words: list[str], cues: Cues) -> AsserterKind | None:
    """Find the institution whose name stands among the words: "a Boeing spokesman"."""
    spans = ((end - start, start, end) for end in range(1, len(words) + 1) for start in range(end))
    names = (" ".join(words[start:end]) for _, start, end in sorted(spans, reverse=True))
    return next((kind for name in names if name[0].isupper() and (kind := kind_of_name(name, cues.lang))), None)


def _kind_without_capitals(speaker: str, cues: Cues) -> AsserterKind:
    found = {kind for kind in (*_ROLES, *_BODIES) if _ends(speaker, kind, cues)}
    if "unnamed" in found:
        return AsserterKind.UNNAMED_SOURCE
    if found & set(_ROLES) and _name_without_capitals(speaker, cues):
        return AsserterKind.PERSON
    if "speaks_for" in found:
        parts = speaker.split() if " " in speaker else speaker.split("の")
        bodies = (AsserterKind.STATE_BODY if _ends(p, "state", cues) else _company(p, cues) for p in parts[:-1])
        role = max((m.group() for m in cues.attribution["speaks_for"].finditer(speaker)), key=len, default="")
        return next(
            (kind for kind in bodies if kind), _company(speaker.removesuffix(role), cues) or AsserterKind.PERSON
        )
    if found & set(_ROLES) and not found & set(_BODIES):
        return AsserterKind.PERSON
    if "outlets" in found:
        return AsserterKind.MEDIUM
    ending = {
        kind: max((len(m) for m in _endings(speaker, kind, cues)), default=0)
        for kind in ("state", "companies", "bodies")
    }
    kinds = {
        "state": AsserterKind.STATE_BODY,
        "companies": AsserterKind.COMPANY,
        "bodies": AsserterKind.ORGANISATION,
    }
    best = max(ending, key=lambda kind: (ending[kind], kind != "bodies"))
    return kinds[best] if ending[best] else AsserterKind.PERSON


def _company(part: str, cues: Cues) -> AsserterKind | None:
    return AsserterKind.COMPANY if _ends(part, "companies", cues) else None


def _name_without_capitals(speaker: str, cues: Cues) -> str:
    role = max((m for kind in _ROLES for m in _endings(speaker, kind, cues)), key=len, default="")
    if cues.lang == _WITHOUT_SPACES:
        part = speaker[: len(speaker) - len(role)].rsplit("の", maxsplit=1)[-1]
        m = _KATAKANA_NAME.search(part) if role else re.fullmatch(r"[ァ-ヺー]+(?:[・＝][ァ-ヺー]+)+", part)
        return m.group() if m and not any(_ends(part[m.end() :], kind, cues) for kind in ("bodies",)) else ""
    words = speaker.split()
    if _STATIONED in words:  # "the spokesman of the Saudi embassy stationed in Washington": places, and no name
        words = words[words.index(_STATIONED) + 2 :]
    kept = [w for w in words if not any(_ends(w, kind, cues) for kind in (*_ROLES, *_BODIES))]
    return " ".join(kept) if role and kept and len(words) > 1 else ""


def _ends(text: str, kind: str, cues: Cues) -> bool:
    return any(True for _ in _endings(text, kind, cues))


def _endings(text: str, kind: str, cues: Cues) -> list[str]:
    return [text[i:] for i in range(len(text)) if cues.attribution[kind].fullmatch(text, i)]
