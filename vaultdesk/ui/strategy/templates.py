"""Templates in the builder: what their bar says, and what is said of them."""

from vaultdesk.core.hedge.templates import READY, Template
from vaultdesk.ui.named_bar import BarWords, NamedBar
from vaultdesk.ui.shelf import ShelfWords
from vaultdesk.ui.translation import tr


class TemplateBar(NamedBar[Template]):
    """Templates to start from."""

    def __init__(self) -> None:
        super().__init__(_bar_words(), READY)


def shelf_words() -> ShelfWords:
    """What is said of templates that were kept and deleted."""
    return ShelfWords(
        kept=tr("Kept as '{name}', by moneyness and days of life."),
        deleted=tr("The template '{name}' is deleted; Undo in the menu brings it back."),
        nothing=tr("There is no price yet to keep the strikes by: wait for the option chains."),
    )


def _bar_words() -> BarWords:
    return BarWords(
        area="strategy.template",
        one=tr("Template"),
        many=tr("Templates"),
        choosing=tr("Start from a template"),
        keeping=tr("Save, rename or delete a template"),
        save=tr("&Save as template…"),
        rename=tr("&Rename template…"),
        delete=tr("&Delete template"),
        save_title=tr("Save template"),
        rename_title=tr("Rename template"),
        caption=tr("&Name of the template"),
        meaning=tr("The template's name"),
        example=tr("Winter collar"),
    )
