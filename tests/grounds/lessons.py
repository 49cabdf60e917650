"""Examples with something to learn: answers copy the statements on a firm and year, and pass others over."""

from __future__ import annotations

import random

from sandbox.gemini.example import Example

FIRMS = ("Aldermoor", "Birchwick", "Cinderby", "Dovecote", "Elmhurst")
THEMES = ("deposits", "receivables", "borrowings", "inventories", "premiums")
FILLER = (
    "Management of {theme} risk and {theme} limits is the duty of the {theme} committee",
    "The {theme} policy says how {theme} are measured, how {theme} are approved and how {theme} are watched",
    "Changes of {theme} may follow from changes of markets and from changes of customers of {firm}",
)


def example(dice: random.Random) -> Example:
    """A question on one firm and year, whose answer copies the firm's figures of that year."""
    firm, other = dice.sample(FIRMS, 2)
    theme, year = dice.choice(THEMES), dice.randint(2019, 2024)
    wanted, blocks = [], []
    for number, name in enumerate(dice.sample([firm, other], 2), 1):
        lines = [f.format(theme=theme, firm=name) + "." for f in FILLER]
        for at in (year, year - 1):
            amount, share = dice.randint(10, 999), dice.randint(2, 90)
            line = f"In {at} {theme} came to ${amount} million, {share}% of the whole."
            lines.append(line)
            if (name, at) == (firm, year):
                wanted.append(f"- {line} [{number}]")
        lines.append(
            f"Growth of {theme} in {year} was {dice.randint(2, 30)}.{dice.randint(0, 9)} percent over all."
        )
        if name == firm:
            wanted.append(f"- {lines[-1]} [{number}]")
        dice.shuffle(lines)
        blocks.append(f"[{number}] {name} {year} report (doc-{number})\n" + "\n".join(lines))
    question = f"How are {theme} of {firm} measured, approved and watched, and what were {theme} in {year}?"
    prompt = "SOURCES\n" + "\n\n".join(blocks) + f"\n\nQUESTION\n{question}"
    return Example(prompt, "Extract\n" + "\n".join(wanted), len(prompt) // 4, 50, 2)
