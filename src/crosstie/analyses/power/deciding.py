"""Who must agree: minimal winning coalitions, blocking minorities and vetoes."""

from crosstie.analyses.power import coalitions
from crosstie.analyses.power.game import Game
from crosstie.text.problem import CrosstieError


def winning_coalitions(game: Game) -> list[tuple[str, ...]]:
    """The minimal winning coalitions, smallest first; for at most 20 holders with votes.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> winning_coalitions(quota_game(16, [10, 9, 6, 5]))
    [('1', '2'), ('1', '3'), ('2', '3', '4')]
    """
    return _minimal(game, game.quota)


def blocking_coalitions(game: Game) -> list[tuple[str, ...]]:
    """The smallest sets of holders without whom nothing carries: blocking minorities.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> blocking_coalitions(quota_game(67, [40, 31, 29]))
    [('1',), ('2', '3')]
    """
    return _minimal(game, game.total - game.quota + 1)


def vetoes(game: Game) -> tuple[str, ...]:
    """The holders who each alone can block.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> vetoes(quota_game(67, [40, 31, 29]))
    ('1',)
    """
    return tuple(
        holder
        for holder, unit in zip(game.holders, game.units, strict=True)
        if game.total - unit < game.quota
    )


def _minimal(game: Game, quota: int) -> list[tuple[str, ...]]:
    voting = [i for i, unit in enumerate(game.units) if unit]
    if len(voting) > coalitions.MOST:
        raise CrosstieError(
            f"coalitions are listed for at most {coalitions.MOST} holders with votes, not {len(voting)}"
        )
    wins = coalitions.winning([game.units[i] for i in voting], quota)
    return [tuple(game.holders[voting[i]] for i in found) for found in coalitions.minimal_coalitions(wins)]
