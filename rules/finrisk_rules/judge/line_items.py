"""Line items: the amounts and ratios by which all firms report, each under its names in several languages.

``Operating profit`` is no name of profit before tax, nor ``order backlog`` of order intake: a figure that is
said of one of them and whose place is called another is not stated there.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from finrisk_rules.alternations import alternation
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import cannot_say, telling
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import JOINT
from finrisk_rules.patterns import pattern_of

_NAMES = {
    "none": (
        "earnings_per_share income_per_share loss_per_share profit_per_share net_income_per_share "
        "net_loss_per_share net_earnings_per_share comparable_sales same-store_sales like-for-like_sales "
        "sales_volume sales_volumes sales_tax sales_of interest_and_sales organic_sales "
        "%_of_revenue %_of_revenues %_of_sales %_of_net_sales %_of_total_revenue %_of_total_revenues "
        "percent_of_revenue percent_of_revenues percent_of_sales percent_of_net_sales "
        "percentage_of_revenue percentage_of_revenues percentage_of_sales percentage_of_net_sales "
        "ingresos_financieros ingresos_por_intereses receitas_financeiras ventas_comparables",
        "",
    ),
    "EBITDA": (
        "ebitda ebitdar ebitdax ebitdaal ebitdare excédent_brut_d'exploitation "
        "resultado_bruto_de_explotación margine_operativo_lordo "
        "earnings_before_interest,_taxes,_depreciation earnings_before_interest,_tax,_depreciation",
        "",
    ),
    "operating_profit": (
        "operating_profit operating_profits operating_income operating_loss operating_earnings "
        "operating_margin operating_margins income_from_operations profit_from_operations "
        "loss_from_operations operating_result ebit earnings_before_interest_and_taxes "
        "earnings_before_interest_and_tax betriebsergebnis operatives_ergebnis operativen_ergebnis "
        "operative_ergebnis betriebsergebnisses résultat_opérationnel résultat_opérationnel_courant "
        "résultat_d'exploitation marge_opérationnelle resultado_de_explotación resultado_operativo "
        "beneficio_operativo margen_operativo resultado_operacional lucro_operacional "
        "margem_operacional risultato_operativo utile_operativo reddito_operativo margine_operativo",
        "営業利益|营业利润|營業利潤|영업이익|영업손실",
    ),
    "ordinary_profit": ("ordinary_profit ordinary_income", "経常利益"),
    "profit_before_tax": (
        "profit_before_tax profit_before_taxes profit_before_taxation profit_before_income_tax "
        "profit_before_income_taxes income_before_tax income_before_taxes income_before_income_tax "
        "income_before_income_taxes income_before_provision_for_income_taxes loss_before_tax "
        "loss_before_taxes loss_before_income_tax loss_before_income_taxes earnings_before_tax "
        "earnings_before_taxes earnings_before_income_taxes pre-tax_profit pretax_profit pre-tax_income "
        "pretax_income pre-tax_earnings pretax_earnings pre-tax_loss pretax_loss pbt ebt "
        "ergebnis_vor_steuern ergebnis_vor_ertragsteuern gewinn_vor_steuern vorsteuerergebnis "
        "vorsteuergewinn résultat_avant_impôt résultat_avant_impôts bénéfice_avant_impôt "
        "bénéfice_avant_impôts resultado_antes_de_impuestos beneficio_antes_de_impuestos "
        "resultado_antes_de_impostos lucro_antes_de_impostos lucro_antes_dos_impostos "
        "risultato_ante_imposte utile_ante_imposte risultato_prima_delle_imposte",
        "税引前|税前利[润益]|利润总额|법인세비용?차감전|세전이익|세전순이익",
    ),
    "net_income": (
        "net_income net_incomes net_earnings net_profit net_loss net_margin net_profit_margin "
        "pat profit_after_tax profit_after_taxes profit_after_taxation earnings_after_tax "
        "income_after_taxes profit_for_the_year profit_for_the_period loss_for_the_year "
        "loss_for_the_period jahresüberschuss jahresüberschusses jahresfehlbetrag konzernergebnis "
        "konzernüberschuss konzerngewinn nettoergebnis nettogewinn ergebnis_nach_steuern "
        "gewinn_nach_steuern résultat_net bénéfice_net perte_nette résultat_de_l'exercice "
        "beneficio_neto resultado_neto beneficio_atribuido resultado_atribuido pérdida_neta "
        "lucro_líquido resultado_líquido prejuízo_líquido utile_netto risultato_netto perdita_netta",
        "純利益|純損失|当期利益|四半期利益|净利[润率]|淨利|净亏损|순이익|순손실",
    ),
    "gross_profit": (
        "gross_profit gross_profits gross_margin gross_margins gross_income bruttoergebnis "
        "bruttogewinn bruttomarge rohertrag rohertragsmarge marge_brute margen_bruto beneficio_bruto "
        "lucro_bruto margem_bruta utile_lordo margine_lordo",
        "売上総利益|粗利|毛利|매출총이익",
    ),
    "cost_of_sales": (
        "cost_of_sales cost_of_goods_sold cost_of_revenue cost_of_revenues cost_of_products_sold cogs "
        "costs_of_sales cost_of_services umsatzkosten herstellungskosten coût_des_ventes "
        "coste_de_ventas coste_de_las_ventas custo_das_vendas costo_del_venduto",
        "売上原価|营业成本|매출원가",
    ),
    "deferred_revenue": (
        "deferred_revenue deferred_revenues unearned_revenue unearned_revenues contract_liabilities",
        "契約負債|合同负债",
    ),
    "recurring_revenue": ("annual_recurring_revenue annualized_recurring_revenue recurring_revenue arr", ""),
    "revenue": (
        "revenue revenues net_sales sales turnover umsatz umsätze umsatzerlöse umsatzerlösen umsatzes "
        "konzernumsatz konzernumsatzes gesamtumsatz chiffre_d'affaires ventes ingresos ventas "
        "cifra_de_negocios receita receitas ricavi fatturato",
        "売上高|売上収益|営業収益|营业收入|營業收入|营收|매출",
    ),
    "free_cash_flow": (
        "free_cash_flow free_cash_flows free_cashflow fcf freier_cashflow freien_cashflow "
        "freie_cashflow flux_de_trésorerie_disponible cash-flow_libre cash_flow_libre "
        "flujo_de_caja_libre fluxo_de_caixa_livre flusso_di_cassa_libero",
        "フリー・?キャッシュ|自由现金流|잉여현금",
    ),
    "operating_cash_flow": (
        "operating_cash_flow operating_cash_flows cash_flow_from_operations cash_flows_from_operations "
        "cash_flow_from_operating_activities cash_flows_from_operating_activities "
        "cash_from_operating_activities cash_from_operations cash_provided_by_operating_activities "
        "cash_provided_by_operations cash_generated_from_operations cash_generated_by_operations "
        "cash_generated_by_operating_activities cash_generated_from_operating_activities "
        "cash_used_in_operating_activities operativer_cashflow operativen_cashflow "
        "cashflow_aus_betrieblicher_tätigkeit cashflow_aus_laufender_geschäftstätigkeit "
        "flux_de_trésorerie_opérationnels flujo_de_caja_operativo fluxo_de_caixa_operacional",
        "営業活動による|営業キャッシュ|経営活動|经营活动|经营性?现金|영업활동",
    ),
    "capital_expenditure": (
        "capital_expenditure capital_expenditures capex capital_spending", "設備投資額|资本开支|설비투자"
    ),
    "research": (
        "research_and_development r&d forschung_und_entwicklung f&e recherche_et_développement "
        "investigación_y_desarrollo pesquisa_e_desenvolvimento ricerca_e_sviluppo i+d",
        "研究開発|研发|연구개발",
    ),
    "administration": (
        "selling,_general_and_administrative sg&a selling_and_administrative general_and_administrative g&a",
        "販売費及び一般管理費|販管費|管理费用|판매비와관리비",
    ),
    "depreciation": (
        "depreciation_and_amortization depreciation_and_amortisation d&a", "減価償却費|감가상각비"
    ),
    "share_based_compensation": (
        "stock-based_compensation share-based_compensation share-based_payments stock_compensation sbc", ""
    ),
    "net_interest_income": (
        "net_interest_income nii zinsüberschuss margen_de_intereses produit_net_d'intérêts "
        "margine_di_interesse",
        "資金利益|利息净收入|순이자이익",
    ),
    "net_interest_margin": ("net_interest_margin nim zinsmarge", "净息差|순이자마진"),
    "other_income": ("noninterest_income non-interest_income", "非利息收入|비이자이익"),
    "interest_expense": ("interest_expense interest_expenses zinsaufwand zinsaufwendungen", "支払利息"),
    "tax": (
        "income_tax_expense income_tax_benefit provision_for_income_taxes income_tax_provision "
        "income_taxes tax_expense tax_charge effective_tax_rate effective_income_tax_rate effective_rate "
        "ertragsteueraufwand ertragsteuern steuerquote", "法人税等|所得税费用"
    ),
    "order_backlog": (
        "backlog order_backlog order_book orderbook orders_on_hand remaining_performance_obligations "
        "remaining_performance_obligation rpo auftragsbestand auftragsbestands carnet_de_commandes "
        "cartera_de_pedidos carteira_de_encomendas carteira_de_pedidos portafoglio_ordini",
        "受注残|在手订单|手持订单|수주잔고",
    ),
    "order_intake": (
        "order_intake orders_received new_orders net_orders orders bookings auftragseingang "
        "auftragseingangs auftragseingänge prises_de_commandes entrada_de_pedidos pedidos_recibidos "
        "entrada_de_encomendas ordini_acquisiti acquisizione_ordini",
        "受注高|新签订单|신규수주",
    ),
    "return_on_equity": (
        "return_on_equity return_on_average_equity return_on_common_equity roe return_on_tangible_equity "
        "return_on_average_common_equity return_on_average_tangible_common_equity rotce rote "
        "eigenkapitalrendite rentabilité_des_capitaux_propres rentabilidad_sobre_recursos_propios",
        "自己資本利益率|净资产收益率|자기자본이익률",
    ),
    "return_on_assets": (
        "return_on_assets return_on_average_assets roa gesamtkapitalrendite", "総資産利益率"
    ),
    "return_on_capital": (
        "return_on_capital_employed return_on_invested_capital return_on_capital roce roic", ""
    ),
    "net_debt": (
        "net_debt net_financial_debt net_borrowings nettoverschuldung nettofinanzverschuldung "
        "dette_nette dette_financière_nette endettement_net endettement_financier_net deuda_neta "
        "deuda_financiera_neta "
        "dívida_líquida indebitamento_finanziario_netto indebitamento_netto posizione_finanziaria_netta",
        "純有利子負債|净负债|순차입금",
    ),
    "leverage": ("leverage net_leverage leverage_ratio verschuldungsgrad", ""),
    "coverage": (
        "interest_coverage interest_cover fixed_charge_coverage fixed_charge_cover debt_service_coverage "
        "zinsdeckung zinsdeckungsgrad", ""
    ),
    "gross_retention": ("gross_retention gross_revenue_retention gross_dollar_retention", ""),
    "net_retention": ("net_retention net_revenue_retention net_dollar_retention net_expansion", ""),
    "combined_ratio": ("combined_ratio combined_ratios schaden-kosten-quote", ""),
    "loss_ratio": ("loss_ratio claims_ratio", ""),
    "expense_ratio": ("expense_ratio", ""),
    "funds_from_operations": ("funds_from_operations ffo", ""),
    "adjusted_funds_from_operations": ("adjusted_funds_from_operations affo", ""),
}  # fmt: skip
"""The names of each line item: words, "_" for what parts two of them, and signs of languages without blanks.

What "none" has is called after an item and is none. Of two names that begin together the longer one is read.
"""

_ITEM_OF = {
    name.replace("_", " ").replace("-", " "): key
    for key, (words, _) in reversed(_NAMES.items())
    for name in words.split()
}
_GAP = r"(?:\s*\([^\d()]{1,12}\))?[\s-]+"
_LIKE_ASCII = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
_IS_GAP = pattern_of(_GAP)
_NAME = alternation(
    (name for words, _ in _NAMES.values() for name in words.split()),
    sign=lambda sign: _GAP if sign == "_" else re.escape(sign),
)
_SIGNS = "|".join(f"(?P<{key}>{signs})" for key, (_, signs) in _NAMES.items() if signs)
_ANY = pattern_of(rf"(?<![^\W_])(?P<name>{_NAME})(?![^\W_])|{_SIGNS}", re.IGNORECASE)
_LONGEST_JOINT = 35
"""Bytes in which nothing need be named: ", compared with ", " im Vorjahr und "."""

_FARTHEST = 300
"""Characters before a figure in which what leads to it is looked for."""

_LONGEST_TEXT = 4000

WORDS_OF_LINE_ITEMS = telling(
    name for key, (words, _) in _NAMES.items() if key != "none" for name in words.split()
)


def is_of_another_item(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure is said of line items, and its place is of others that the statement does not name."""
    if cannot_say(statement.words, WORDS_OF_LINE_ITEMS):
        return False
    named = line_items(statement.text)
    if not named or not (there := _items_at(trace)) or not named.isdisjoint(there):
        return False
    ends = [each.quantity.end for each in statement.claims]
    return bool(_leading(statement.text, ends, claim.quantity.start, is_clause=True))


@lru_cache(maxsize=4096)
def line_items(text: str) -> frozenset[str]:
    """Return the line items that a text names, in the length of a long sentence."""
    named = {_item(match) for match in _ANY.finditer(text, 0, _LONGEST_TEXT)}
    return frozenset(item for item in named if item != "none")


def _item(match: re.Match[str]) -> str:
    """Return what is named, "none" for what is called after an item and is none."""
    if (item := match.lastgroup or "none") != "name":
        return item
    name = match[0].translate(_LIKE_ASCII).lower()  # as IGNORECASE has it
    return _ITEM_OF.get(_IS_GAP.sub(" ", name), "none")


def _items_at(trace: Trace) -> frozenset[str]:
    """Return what a place is called: by row and column, else its section; in prose by what leads to it."""
    if (table := trace.table) is not None:
        row, column = trace.spot[2][:2]
        label, section = table.rows[row]
        return line_items(f"{label} | {table.heads[column]}") or line_items(section)
    statement = trace.evidence.statements[trace.spot[1]]
    ends = [figure[5] for figure in statement.figures]
    return _leading(trace.place.sentence, ends, statement.figures[trace.spot[2][0]][4])


def _leading(text: str, ends: Iterable[int], start: int, *, is_clause: bool = False) -> frozenset[str]:
    """Return the items between a figure and the one before it, else before one that it follows at once.

    What is longer and names none may be another name, that is not known here; of an ``is_clause`` so is what
    stands between its joints. What follows a figure up to the next joint is of that one: "38 % of net sales".
    ``ends`` are those of figures.
    """
    first = max(0, start - _FARTHEST)
    figures = [end for end in ends if first < end <= start]
    joints = [each.start() for each in JOINT.finditer(text, first, start)]
    behind = [(end, next((at for at in joints if at >= end), start)) for end in figures]
    items = [
        (each.start(), item)
        for each in _ANY.finditer(text, first, start)
        if (item := _item(each)) != "none" and not any(end <= each.start() < joint for end, joint in behind)
    ]
    last = start
    for begin in sorted({first, *figures, *(joints if is_clause else ())}, reverse=True) if items else ():
        if named := frozenset(item for at, item in items if at >= begin):
            return named
        if len(text[begin:last].encode()) > _LONGEST_JOINT:
            break
        last = begin
    return frozenset()
