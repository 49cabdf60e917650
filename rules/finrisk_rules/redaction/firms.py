"""Firms that are called like persons: told by words that name things, and by the grammar around them."""

from finrisk_rules.patterns import pattern_of

_FIRM = frozenset(
    "inc corp corporation company co llc ltd limited plc ag gmbh se sa spa nv bv kg ab as group holding"
    " holdings bank trust fund capital partners lp llp insurance financial securities association"
    " university department service services systems technologies energy airlines account accounts"
    " deposit deposits loan loans relationship relationships contract contracts plan plans risk rating"
    " credit asset assets liabilities receivable receivables right rights benefit benefits subsidiary"
    " subsidiaries revenue revenues matters stock option options retirement national american federal"
    " states agreement report interest banco banca banque banka grupo groupe gruppe deutsche compagnie"
    " compañía versicherung versicherungen sparkasse werke bahn fonds fondo fundo relations investor"
    " investors"
    " shipping logistics foods mills motors mining steel oil gas power electric water media software"
    " labs laboratories"
    " pharmaceuticals pharma properties realty estates stores retail brothers bros sons associates"
    " ventures equity"
    " advisors advisers management solutions networks communications resources industries enterprises"
    " international"
    " global worldwide brands products beverages hotels resorts airways lines railway railways"
    " transport homes"
    " semiconductor semiconductors markets exchange street foundation institute council committee team"
    " desk ledger hydro notes secured unsecured subordinated debentures banking"
    " crédit crédito credito société assurances assurance clearing statement statements meeting "
    "hauptversammlung"
    " review motor index area business consumer reports times hurricane typhoon cyclone one two three four"
    " five six seven eight nine ten"
    " grupa skupina группа фонд банк visa mastercard maestro amex region deutschland österreich schweiz"
    " suisse italia españa brasil nederland polska россия danmark norge sverige europe europa".split()
)
"""Words of which one tells a firm or a heading from a person."""

_DEPARTMENTS = frozenset(
    "division divisions departments dept office offices unit section branch finance treasury audit legal"
    " compliance operations accounting controlling procurement sales marketing payroll administration"
    " helpdesk hotline underwriting collections function estate abteilung finanzen buchhaltung"
    " rechnungswesen revision direction direktion comptabilité juridique trésorerie departamento"
    " dirección ventas finanzas contabilidad dipartimento direzione ufficio amministrazione direção"
    " departement afdeling avdelning dział księgowość отдел департамент управление бухгалтерия".split()
)
"""Words for a part of a firm, which may stand after a person's name and a comma."""

_BUSINESS = pattern_of(
    r"(?<![^\W\d_])(?:"
    r"accionist|actionnair|actionar|aktion[aä]r|aktieägar|aksjon[aæ]r|akcionář|akcjonariusz"
    r"|aandeelhouder|acionist|azionist|shareholder|stockholder|bondholder|részvényes|hissedar"
    r"|ortaklar|yat\u0131r\u0131m|osakkeenomistaj|μέτοχο|акционер|administra[ctzç]"
    r"|amministra[tz]|vorstand|aufsichtsrat|styrelse|bestyrelse|hallitu|představenst|zarząd"
    r"|igazgatós|yönetim|verwaltung|consili|conselh|consejo|conseil|συμβούλιο|правлени|directie"
    r"|dirección|direç|direktion|diretori|riesg|risq|risic|risik|risk(?!in)|ryzyk|riziko"
    r"|риск(?!ин)|operac|complian|conformi|cumplimiento|trésorerie|tesor[eo]r|tesourar"
    r"|treasur(?:y|ies)|казначей|liquid|likvid|audit|аудит|revisi|révision|contr[oô]l|kontrol"
    r"|operati|opérat|операцион|jurídic|juridi|financ|finanz|finanç|abteilung|afdeling|avdelning"
    r"|dział|departa?ment|отдел|служб|serviz|servici|service|serviç|customer|kunden(?:[sdb]|rel)"
    r"|klantenserv|zákaznic|support|beleggers|inversor|investid|invest|relaci|relaç|relazion"
    r"|portfol|project|projekt|proyecto|projet|progett|comit|komit|commission|kommission|comiss"
    r"|quantit|analytic|analys[ei]s|research|recherche|valida[tc]|governance|strateg|performanc"
    r"|prestati|rendi[tm]|anleihe|exposure|position|leverag|underweight|overweight|coverage"
    r"|tranche|scenario|szenario|petróleo|petrolio|petroleum|energi|banking|central|zentral"
    r"|централ|technolog|industr|electronic|pharma|chemic|aviation|mezzanine|mortgage|hypoth"
    r"|estate|regulat|monetar|construct|constru[cç]|duration|chatbot|biuro|wewnętrzn|monday"
    r"|tuesday|wednesday|thursday|saturday"
    r"|(?:"
    r"styre[tn]?|legale?s?|client[ei]s?|margins?|aktien?|neutral|ratios?|futures?"
    r"|intern[aeio]?s?|banco|банк\w?|rischio?|riscos?|skarb|hedg(?:e|ing)|data"
    r"|market|middle|front|human|tech|desk|term|funding|stress|tests?|protection|buy|default"
    r"|learning|generation|headcount|participants|retail|total|vertrieb|steuern|dienste|assets?"
    r"|zaken|affaires|affari|stocks|friday|atención|marché|mercato|rynek|regime|rule|capex"
    r"|growth|macro|euro|index|yield|curve|swap|earnings|guidance|outlook|value|investing|kurulu"
    r"|room|gemini|report|hold"
    r")(?![^\W\d_]))"
    r"|[^\W\d_]{5}bank(?![^\W\d_])"
    r"|risiko|management|treasury|abteilung|ausschuss|avdelning|gr[üu]ße|grüsse|bestuur"
)
"""Words, or how they begin, of business in the languages of letters and minutes: no person is called so."""

_QUALITIES = frozenset(
    "best first whole united general standard royal modern new old big great grand super prime premier"
    " red blue green black white silver golden gold copper bright crimson scarlet"
    " north south east west northern southern eastern western pacific atlantic arctic central".split()
)
"""Words with which no person's name begins: New Orleans, Great Britain, First Republic, Royal Dutch."""

_THINGS = _QUALITIES | frozenset(
    "river lake mountain valley horizon ocean sea harbor harbour bay coast island rock stone creek forest"
    " summit ridge canyon meadow garden gardens sun moon star sky cloud thunder"
    " lion tiger bear wolf eagle falcon hawk fox bull lobster horse dragon phoenix"
    " home house buy depot mart dollar burger pizza coffee bread fruit apple king queen crown castle"
    " kettle anchor arrow bridge gate tower wheel engine iron paper glass timber cotton sugar"
    " chartered express direct digital data micro auto car truck air life health food foods"
    " sun fire spring summer winter".split()
)
"""Words that name no person where all words of a name are such ones."""

_LETTERS = pattern_of(r"[^\W\d_]+")
_TURNOVER = r"(?:sales|revenues?|turnover|receivables|income|orders|backlog|volumes?|purchases|deliveries)"
_SALES = (
    r"(?:sales|revenues?|turnover|\w{0,20}ums[aä]tz\w{0,20}|\w{0,20}erlös\w{0,20}|chiffre|recettes|ventas"
    r"|ingresos|ricavi|fatturato"
    r"|vendite|receitas?|vendas|omzet|przychod\w{0,20}|sprzedaż\w{0,20}|выручк\w{0,20}|продаж\w{0,20}"
    r"|omsättning\w{0,20}|försäljning\w{0,20}"
    r"|omsætning\w{0,20}|gelir\w{0,20}|sat\u0131ş\w{0,20})\b"
)
_SHARE_OF_SALES = pattern_of(
    r"(?i)(?:[,;(|]? [^\W\d_]{1,16}){0,5}[,;:(|]? "
    r"(?:(?:\w{1,16} )?\d[\d.,]{0,9} ?(?:%|per ?cent) (?:[\w'’]{1,16}[ '’]){0,4}?"
    rf"{_SALES}|(?:\w{{1,16}} ){{0,2}}?{_SALES}:? (?:\d[\d.,]{{0,9}} ?%|% ?\d))"
)
"""What a customer's weight is, in the languages of filings: a part of sales right after the name."""

_AFTER = pattern_of(
    r",? (?:which|whose shares)\b|(?: [a-z]+){1,2} its\b"
    rf"|(?: [a-z]+){{1,3}} (?:\w+ )?\d[\d.,]* ?(?:%|per ?cent) of (?:[\w']+ ){{0,3}}{_TURNOVER}\b"
    r"|,? (?:accounted|accounts|accounting) for\b| (?:was|were|has been|had been|is) (?:merged|acquired|"
    r"nationali[sz]ed|listed|delisted|incorporated|founded|restructured|liquidated|wound up|rated"
    r"|downgraded|upgraded)\b"
    r"| ?\((?:NYSE|NASDAQ|Nasdaq|LSE|XETRA|TSX|ASX|ticker)\b"
)
_BEFORE = pattern_of(
    r"(?i)\b(?:largest|biggest|major|key|main|top|principal|significant|anchor|corporate|institutional"
    r"|commercial|industrial|strategic|single|wholesale) $"
)
_OF = pattern_of(r"(?i)\bof (?:the |our |their )?$")
_DONE = ("merged", "acquired", "listed", "restructured", "liquidated", "wound up")
_WINDOW = 24


def is_firm_name(text: str) -> bool:
    """Whether a name has a word that tells a firm or a heading, or none that may be a person's."""
    words = _LETTERS.findall(text.lower())
    return (
        not (_FIRM.isdisjoint(words) and _DEPARTMENTS.isdisjoint(words))
        or _THINGS.issuperset(words)
        or words[0] in _QUALITIES
        or _BUSINESS.search(text.lower()) is not None
        or len(set(words)) < len(words)
    )


def has_firm_word(text: str) -> bool:
    """Whether a word tells a firm or a heading."""
    return not _FIRM.isdisjoint(_LETTERS.findall(text.lower()))


_MOVE = pattern_of(
    r" (?:rose|fell|gained|lost|dropped|climbed|slid|slipped|jumped|declined|grew|shrank|traded|closed"
    r"|rallied) (?:\w+ ){0,2}(?:by |to |at )?[$€£]?\d"
)


def moves(text: str, end: int) -> bool:
    """Whether what ends here rises or falls by a figure, as shares and sales do."""
    return _MOVE.match(text, end) is not None


def acts_as_firm(text: str, end: int, role: int) -> bool:
    """Whether the grammar around a name is a firm's: "its", "which", a share of sales, a customer's weight.

    ``end`` is where the name ends, ``role`` where the word begins that stands before it.
    """
    after = _AFTER.match(text, end)
    if after and _OF.search(text, max(0, role - _WINDOW), role) and after[0].endswith(_DONE):
        after = None  # what was done was done to the thing: "the loan of guarantor Jane Roe was restructured"
    return bool(
        after or _SHARE_OF_SALES.match(text, end) or _BEFORE.search(text, max(0, role - _WINDOW), role)
    )
