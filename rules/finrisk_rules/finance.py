"""Words of an analysis, by their beginnings, in the languages that questions are asked in."""

from finrisk_rules.patterns import pattern_of

_WORD = pattern_of(r"[^\W\d_]{4,}")

FINANCE = frozenset(
    """accio accou action activ ahorr angab anlei arrea asset audit avali azien azion balan bank banka betra
    bilan billi bond bonos bourse breac busin capit cash clien cober compa concen condi contas contr
    cost coven cover credi curre custo debit debt depos deter dette deuda divid divis earni econo einla
    emplo equit ertra expen expos facil filia filin finan fisca fonds fontes fonti forec fuent fund
    garan gescha geset gewin group growt guida halte hausse headr hedge hypot incom ingre insur inter
    inves issue jahre kapit konze kredi kredy kunde leas lease lende lever liabi liefe liqui loan loss
    lucro macro manag marge margen margi marke matur merge milli mitte morat mortg notio obbli opera
    outlo pasiv patri payme perce perdi pertes plan polic porto prazo premi prest price produ profi
    prope prove provi quart quell ratin ratio recei recht recov regul renta rente repor resul retai
    reven ricav riesg risch risco riser risico risik risk risqu ryzyk sales scade schul secto segme
    setor settor share solve sourc spend stock strat subsi suppl taux tax taxes trade trend umsat unter
    valua vencim verlie verlu vertr verwa volum wachs weake winst wirts worki write zinse zinsr zysk
    créan durée dívid intér lände prejuí prést présta pérdi répor résul rückg vermö актив банк выруч
    weakn fundi borro defau
    долг дохо капит компа креди обесп обяза отчет прибы процен риск срок ставк убыт""".split()
)
"""The first five letters of words of an analysis; a text without two of them is about something else."""


def of_analysis(text: str) -> bool:
    """Whether one word of three of a text is of an analysis."""
    said = [word[:5] in FINANCE for word in _WORD.findall(text.casefold())]
    return any(said) and 3 * sum(said) >= len(said)
