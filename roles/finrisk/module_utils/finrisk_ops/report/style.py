"""How a page looks: on a wide screen, a telephone and paper, in the light and in the dark."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#18202b;--soft:#5a6675;--line:#dfe4ea;
--rail:#e9edf2;--first:#2c6fbb;--second:#d9822b;--band:#cfe6d6}
@media (prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1b2129;--ink:#e6eaf0;--soft:#9aa6b4;
--line:#2e3743;--rail:#28303b;--first:#5b9ee6;--second:#e8a254;--band:#25503a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,main{max-width:1080px;margin:0 auto;padding:0 20px}
header{padding-top:40px}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.02em;margin:0}
header p,.lead{color:var(--soft);margin:.4em 0 0;max-width:90ch;overflow-wrap:anywhere}
section{margin:44px 0}
h2{font-size:1.25rem;letter-spacing:-.01em;margin:0}
h3{font-size:1rem;margin:0}
h4{font-size:.75rem;color:var(--soft);font-weight:600;margin:14px 0 2px}
.blocks{columns:2 430px;column-gap:16px;margin-top:16px}
.blocks>*{break-inside:avoid;margin:0 0 16px}
.wide{column-span:all}
.card,figure,.track,.tiles>div{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:16px 18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:16px}
dt{color:var(--soft);font-size:.85rem}
dd{margin:0;color:var(--soft);font-size:.85rem}
dd b{display:block;color:var(--ink);font-size:1.7rem;line-height:1.25;font-weight:650;
font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.track{padding:22px 18px 12px}
.rail{position:relative;height:14px;border-radius:7px;background:var(--rail);overflow:hidden}
.rail i{position:absolute;top:0;bottom:0;left:0}
.rail .tick{width:2px;background:var(--card)}
.part0>*,i.part0{background:var(--first)}i.part1{background:var(--second)}i.band{background:var(--band)}
.track ul{position:relative;list-style:none;height:44px;margin:8px 0 0;padding:0;font-size:.8rem;
color:var(--soft);line-height:1.35}
.track li{position:absolute;top:0;white-space:nowrap}
.track li b{display:block;color:var(--ink);font-variant-numeric:tabular-nums}
.track li:last-child{text-align:right;transform:translateX(-100%)}
figcaption b,caption{font-weight:650;font-size:1rem}
figcaption span{display:block;color:var(--soft);font-size:.85rem}
svg{display:block;width:100%;height:auto;margin-top:10px;font-size:12px}
svg text{fill:var(--soft);font-variant-numeric:tabular-nums}
svg .background{fill:none}
svg .line{stroke:var(--line);fill:none}
svg .axis.x .line{stroke:none}
svg .axis.x text{text-anchor:middle}
svg .axis.y text{text-anchor:end}
svg .series .line{stroke-width:2}
svg .serie-0 .line{stroke:var(--first)}svg .serie-0 .dot{fill:var(--first)}
svg .serie-1 .line,svg .serie-2 .line{stroke:var(--first);stroke-dasharray:3 3;stroke-width:1}
svg .serie-1 .dot,svg .serie-2 .dot{fill:var(--first)}
svg .serie-3 .line{stroke:var(--second)}svg .serie-3 .dot{fill:none}
svg .rect{fill:var(--first);stroke:var(--card);stroke-width:1}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;padding-bottom:6px}
th,td{text-align:left;vertical-align:bottom;padding:5px 0;font-weight:400}
tbody tr+tr>*{border-top:1px solid var(--line)}
thead th{color:var(--soft);font-size:.8rem;text-align:right}
thead th:first-child{text-align:left}
td,thead th+th{text-align:right;padding-left:16px;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody th{overflow-wrap:anywhere;min-width:8em}
.card{overflow-x:auto}
.rest>*{color:var(--soft)}
.sides thead .part0::before,.sides thead .part1::before{content:"";display:inline-block;width:9px;height:9px;
border-radius:2px;background:var(--first);margin-right:5px}
.sides thead .part1::before{background:var(--second)}
.bars tbody th{width:100%}
.bar{display:flex;height:6px;margin-top:3px;border-radius:3px;background:var(--rail);overflow:hidden}
.empty{color:var(--soft);text-align:left;padding:0;white-space:normal}
.text{white-space:pre-wrap;overflow-wrap:anywhere;max-width:80ch;font-size:.92rem}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:0 24px}
details{margin-top:14px}
summary{color:var(--first);cursor:pointer;font-size:.85rem}
details .text{margin-top:8px;padding:12px;background:var(--ground);border-radius:6px;font-size:.82rem}
@media (max-width:560px){header{padding-top:24px}header,main{padding-left:14px;padding-right:14px}
h1{font-size:1.5rem}section{margin:32px 0}
.tiles{grid-template-columns:1fr 1fr;gap:10px}.blocks>*{margin-bottom:12px}
.card,figure,.tiles>div{padding:13px 14px}dd b{font-size:1.4rem}
.track ul{height:auto}.track li,.track li:last-child{position:static;transform:none;text-align:left;
white-space:normal}.track li b{display:inline-block;min-width:3.6em}
.card td{padding-left:12px;white-space:normal}.card tbody th{min-width:6em}
.wide thead{display:none}.wide tbody tr{display:grid;grid-template-columns:minmax(9em,auto) 1fr 1fr;
gap:4px 12px;padding:8px 0}.wide tbody tr+tr{border-top:1px solid var(--line)}.wide tbody tr+tr>*{border:0}
.wide tbody th{grid-column:1/-1;font-weight:650;padding:0}.wide tbody td{text-align:left;padding:0}
.wide td[data-name]::before{content:attr(data-name);display:block;color:var(--soft);font-size:.8rem}}
@page{margin:14mm}
@media print{:root{color-scheme:light;--ground:#fff;--card:#fff;--ink:#000;
--soft:#444;--line:#bbb;--rail:#eee;--first:#2c6fbb;
--second:#d9822b;--band:#cfe6d6}body{font-size:10.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
header,main{max-width:none;padding:0}header{padding-top:0}section{margin:22px 0}
.blocks{columns:2;column-gap:10px}.blocks>*{margin-bottom:10px}
.tiles{grid-template-columns:repeat(auto-fit,minmax(105px,1fr));gap:8px}
.card,figure,.track,.tiles>div{break-inside:avoid;border-radius:6px;padding:9px 11px}
article.card{break-inside:auto}
h2,h3,h4,.lead{break-after:avoid}dd b{font-size:1.25rem}details{display:none}}
"""
