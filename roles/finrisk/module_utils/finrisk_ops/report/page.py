"""A page in one file: opened from disk, read on a telephone, in the dark and on paper; it runs no script."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from .blocks import Section
from .style import STYLE

_TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>{{ title }}</h1>
<p>{{ lead }}</p>
</header>
<main>
{% for section in sections %}
<section>
<h2>{{ section.title }}</h2>
{% if section.lead %}<p class="lead">{{ section.lead }}</p>{% endif %}
<div class="blocks">
{% for block in section.blocks %}
{% if block.kind == "tiles" %}
<dl class="tiles wide">
{% for tile in block.tiles %}
<div><dt>{{ tile.label }}</dt><dd><b>{{ tile.value }}</b> {{ tile.note }}</dd></div>
{% endfor %}
</dl>
{% elif block.kind == "track" %}
<div class="track wide">
<div class="rail">
<i class="band" style="left:{{ block.percent(block.band[0]) }}%;\
width:{{ block.percent(block.band[1] - block.band[0]) }}%"></i>
<i class="part0" style="width:{{ block.percent(block.value) }}%"></i>
{% for number, _ in block.marks %}<i class="tick" style="left:{{ block.percent(number) }}%"></i>{% endfor %}
</div>
<ul>
{% for number, name in block.marks %}
<li style="left:{{ block.percent(number) }}%"><b>{{ number|thousands }}</b> {{ name }}</li>
{% endfor %}
</ul>
</div>
{% elif block.kind == "plots" %}
{% for plot in block.plots %}
<figure>
<figcaption><b>{{ plot.title }}</b>{% if plot.note %}<span>{{ plot.note }}</span>{% endif %}</figcaption>
{{ plot.svg }}
</figure>
{% endfor %}
{% elif block.kind == "bars" %}
<div class="card">
<table class="bars{% if block.columns|length > 1 %} sides{% endif %}">
<caption>{{ block.title }}</caption>
{% if block.bars %}
<thead><tr><th></th>
{%- for column in block.columns %}<th scope="col" class="part{{ loop.index0 }}">{{ column }}</th>{% endfor -%}
</tr></thead>
<tbody>
{% for bar in block.bars %}
<tr{% if bar.is_rest %} class="rest"{% endif %}><th scope="row"><bdi>{{ bar.label }}</bdi>
{%- if not bar.is_rest %}<span class="bar">
{%- for part in bar.parts -%}
<i class="part{{ loop.index0 }}" style="width:{{ block.percent(part) }}%"></i>
{%- endfor -%}
</span>{% endif %}</th>
{%- for part in bar.parts %}<td>{{ part|thousands }}</td>{% endfor -%}
</tr>
{% endfor %}
</tbody>
{% else %}
<tbody><tr><td class="empty">{{ block.empty }}</td></tr></tbody>
{% endif %}
</table>
</div>
{% elif block.kind == "table" %}
<div class="card{% if block.is_wide %} wide{% endif %}">
<table>
<caption>{{ block.title }}</caption>
<thead><tr>{% for column in block.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in block.rows %}
<tr>{% for cell in row %}{% if loop.first %}<th scope="row"><bdi>{{ cell }}</bdi></th>\
{% else %}<td data-name="{{ block.columns[loop.index0] }}"><bdi>{{ cell }}</bdi></td>\
{% endif %}{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% elif block.kind == "excerpts" %}
{% for excerpt in block.excerpts %}
<article class="card wide">
<h3>{{ excerpt.label }}</h3>
{% for name, text in excerpt.parts %}
<h4>{{ name }}</h4>
<div class="text" dir="auto">{{ text }}</div>
{% endfor %}
{% if excerpt.beside %}
<div class="beside">
{% for name, text in excerpt.beside %}
<div><h4>{{ name }}</h4>
<div class="text" dir="auto">{{ text }}</div></div>
{% endfor %}
</div>
{% endif %}
{% if excerpt.folded %}
<details><summary>{{ excerpt.folded[0] }}</summary>
<div class="text" dir="auto">{{ excerpt.folded[1] }}</div></details>
{% endif %}
</article>
{% endfor %}
{% endif %}
{% endfor %}
</div>
</section>
{% endfor %}
</main>
</body>
</html>
"""


def render(title: str, lead: str, sections: Sequence[Section]) -> bytes:
    """Return the page; whatever stands in a text is shown as text."""
    page = _PAGE.render(title=title, lead=lead, sections=sections, style=Markup(STYLE))  # noqa: S704 - ours
    return page.encode("utf-8", "replace")


def _thousands(number: int) -> str:
    return f"{number:,}"


_ENVIRONMENT = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters["thousands"] = _thousands
_PAGE = _ENVIRONMENT.from_string(_TEMPLATE)
