"""Denials that answer: "I do not think the covenant is at risk", "I cannot rule out a breach, since ...".

What is denied is the matter, by one who judges it. Where the clause speaks of the one who answers, of
answering or of what was given to answer from, it is no opinion ("I don't think I can help").
"""

from finrisk_rules.judge.wording import words
from finrisk_rules.patterns import pattern_of

_BELIEF = (
    "think|believe|expect|consider|regard|view|see|judge|deem|rate|assume|anticipate|foresee|fear|agree|share"
    "|doubt|conclude|infer|worry|class(?:ify)?|interpret|accept|find|object|suspect|detect|note"
)
_WORDING = "say|call|describe|characteri[sz]e|treat|read|count|rely|hold|recommend|overlook|ignore|dismiss"
_OPINION = pattern_of(
    rf"\bi (?:do|did|don|didn)(?:'t| not|)(?: \w+ly)? (?:{_BELIEF})\b"
    rf"|\bi(?:'d not| (?:would|will|won|must|should)(?:n't|'t| not)?)(?: \w+ly)? (?:{_BELIEF}|{_WORDING})\b"
    rf"|\bi(?:'d| would) (?:\w+ly )?(?:say|call|answer)\b"
    r"|\bi (?:cannot|can't|can not|could not|couldn't) (?:\w+ly )?"
    r"(?:agree|accept|ignore|overlook|overstate|see (?:how|why))\b"
    r"|\bi(?:'m| am) unable to see (?:how|why)\b"
    r"|\bi(?:'ve| have)(?:n't| not) (?:found|seen|detected|noted) (?:any|a)\b"
    r"|\bi(?:'m| am) (?:\w+ly )?not (?:\w+ly )?"
    r"(?:convinced|persuaded|concerned|worried|alarmed|aware|surprised|of the (?:view|opinion))\b"
    r"|\bi(?:'d| would)? (?:\w+ly )?(?:see|saw|find|found|have|had|detect) (?:no|little)\b"
    r"|\b(?:ich|ik) (?:glaube|denke|meine|sehe|halte|erwarte|rechne|befurchte|erkenne|finde|denk|geloof|zie"
    r"|acht|verwacht|vind|beschouw)\b"
    r"|\b(?:je|j') ?n[e'] ?(?:pense|crois|vois|considere|juge|estime|trouve|doute)\b"
    r"|\b(?:no me parece|non mi (?:sembra|pare)|nao me parece)\b"
)
_OF_ANSWERING = pattern_of(
    r"\b(?:me|my|you|your|mir|mich|moi|mij|this|that(?=\W*\Z)|it(?=\W*\Z)|so(?=\W*\Z))\b"
    r"|\bi\b.*\bi\b|\bich\b.*\bich\b|\bje\b.*\bje\b|\bik\b.*\bik\b|\bpense pas pouvoir\b"
    r"|\b(?:answer|respond|repl(?:y|ies)|question|quer(?:y|ies)|request|assist|help|comply|comment|speculat"
    r"|appropriate to|inform|data\b|details?\b|mention|access|sources?\b|document|passage|context\b|excerpt"
    r"|basis\b|way\b|means of|idea\b|opinion\b|knowledge|figures?\b|reference|record|antwort|beantwort|frage"
    r"|angab|daten|quelle|hinweis|helfen|repon|aider|donnee|respond|contest|rispo|aiutar|antwoord|vraag"
    r"|gegevens|bron|topics?\b|talk|let's"
    r"|(?:built|made|designed|trained|programmed|allowed|permitted|authori[sz]ed|qualified|equipped"
    r"|supposed) to)"
)
_VERB_OF_ANSWERING = pattern_of(
    r"\b(?:tell|say|provid|give|offer|discuss|disclos|determin|assess|evaluat|judg|know|confirm|verif|advis"
    r"|predict|guess|produc|writ|creat|proceed|fulfil|summari[sz]|analy[sz]"
    r"|comput|calculat|quantif|engag|handl|participat|perform|fetch|retriev|establish"
    r"|deriv|conclu[ds]|sagen|geben|machen|beurteil|bewert|einschatz|bestimm|mitteil|nennen|auskunft|zugriff"
    r"|zugang|dire\b|donner|fournir|evalu|acces|juger|commenter|decir|dar\b|proporcion|ofrec|opin|dare\b"
    r"|fornir|valutar|acced|dizer|fornec|avali|zeggen|geven|beoordel|bepal|toegang)"
)
_CONSEQUENCE = pattern_of(
    r"\A(?:and |und |et )?(?:so|therefore|hence|thus|consequently|which (?:\w+ly )?(?:suggest|mean|impl|point"
    r"|leav|indicat)\w*|daher|deshalb|also|folglich|donc|ainsi|quindi|pertanto|por (?:lo )?tanto"
    r"|portanto|dus)\b"
)


def judges(clause: str, following: str = "") -> bool:
    """Whether a folded clause denies something of the matter in the name of the one who speaks.

    What is denied may stand in the clause that follows, as after a comma in German.
    """
    denial = _OPINION.search(clause)
    if denial is None:
        return False
    if not words(clause[: denial.start()] + clause[denial.end() :]):
        clause = f"{clause} {following}"
    rest = f"{clause[: denial.start()]} {clause[denial.end() :]}"
    return not _OF_ANSWERING.search(rest) and bool(words(rest))


def is_of_answering(clause: str) -> bool:
    """Whether a folded clause has a word of answering, of the one who answers, or of what was given."""
    return bool(_OF_ANSWERING.search(clause) or _VERB_OF_ANSWERING.search(clause))


def concludes(clause: str) -> bool:
    """Whether a folded clause begins as a consequence does."""
    return _CONSEQUENCE.match(clause) is not None
