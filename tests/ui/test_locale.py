"""Numbers and dates on screen in the user's locale, and the same bytes in files whatever it is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vaultdesk.adapters.documents import pdf
from vaultdesk.core.reports import figures as paper
from vaultdesk.core.reports.document import Points, Report, Section
from vaultdesk.ui import format as fmt
from vaultdesk.ui import manner, theme
from vaultdesk.ui.chain.filter import parsed as filter_of
from vaultdesk.ui.charts.lazy_chart import short_number
from vaultdesk.ui.finder import wishes
from vaultdesk.ui.loan import fields as loan_fields
from vaultdesk.ui.manner import FILES, Manner, following, manner_of
from vaultdesk.ui.reading import Unreadable, amount, day, level
from vaultdesk.ui.slider_row import typed_number
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table

NAMES = ("C", "en_US", "en_GB", "de_CH", "de_DE", "fr_FR", "fr_CH", "ar_EG", "hi_IN", "sv_SE")
MANNERS = {name: manner_of(QLocale(name)) for name in NAMES}
GERMAN, SWISS, FRENCH = MANNERS["de_DE"], MANNERS["de_CH"], MANNERS["fr_FR"]
AT = datetime(2026, 3, 9, 20, 0, 8, tzinfo=UTC)
any_manner = st.sampled_from(sorted(MANNERS)).map(MANNERS.__getitem__)
amounts = st.decimals("-1e12", "1e12", allow_nan=False, places=4)


@pytest.fixture(autouse=True)
def _files_afterwards() -> Iterator[None]:
    """What a test leaves behind would be every other test's locale."""
    yield
    assert manner.current() is FILES


@pytest.mark.parametrize(
    ("name", "number", "price", "day", "short"),
    [
        ("C", "-1,234,567.50", "1234.5678", "2026-03-09", "9 Mar"),
        ("en_US", "-1,234,567.50", "1234.5678", "03/09/2026", "9 Mar"),
        ("en_GB", "-1,234,567.50", "1234.5678", "09/03/2026", "9 Mar"),
        ("de_DE", "-1.234.567,50", "1234,5678", "09.03.2026", "9 März"),
        ("fr_FR", "-1\u202f234\u202f567,50", "1234,5678", "09/03/2026", "9 mars"),
        ("ar_EG", "-1,234,567.50", "1234.5678", "09/03/2026", "9 مارس"),
        ("hi_IN", "-1,234,567.50", "1234.5678", "09/03/2026", "9 मार्च"),
        ("sv_SE", "-1\u00a0234\u00a0567,50", "1234,5678", "2026-03-09", "9 mars"),
    ],
)
def test_numbers_and_dates_are_the_locales(
    name: str, number: str, price: str, day: str, short: str
) -> None:
    with following(MANNERS[name]):
        assert fmt.number(Decimal("-1234567.5")) == number
        assert fmt.price(Decimal("1234.5678")) == price
        assert fmt.dated(AT.date()) == day
        assert fmt.short_day(AT.date()) == short


def test_swiss_thousands_are_parted_by_an_apostrophe() -> None:
    with following(SWISS):
        shown = fmt.money(Decimal(2_100_000), "CHF")
    assert shown.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") == "2'100'000.00 CHF"


def test_every_other_figure_follows_too() -> None:
    with following(GERMAN):
        assert fmt.signed(Decimal("1234.5")) == "+1.234,50"
        assert fmt.signed(Decimal("0.001")) == "0,00"
        assert fmt.percent(Decimal("0.555")) == "55,5 %"
        assert fmt.whole_units(Decimal("2307.01")) == "2.308"
        assert fmt.how_many(12_345) == "12.345"
        assert fmt.how_many(5, sign=True) == "+5"
        assert fmt.significant(0.012345, 4) == "0,01235"
        assert fmt.ungrouped(Decimal("1234.50")) == "1234,5"
        assert fmt.shift(Decimal("2.5")) == "+2,5"
        assert short_number(1234.5) == "1.234,5"
        assert short_number(10.0) == "10"


def test_moments_and_parts_of_dates_follow_too() -> None:
    with following(GERMAN):
        assert fmt.recent(AT, UTC) == "09.03 20:00:08"
        assert fmt.local_minute(AT, UTC) == "09.03.2026 20:00 UTC"
        assert fmt.new_york(AT) == "09.03.2026 16:00:08 EDT"
        assert fmt.year_and_month(AT) == "03.2026"
        assert fmt.weekday(AT) == "Mo."
        assert fmt.short_month(AT) == "9 März 26"
        assert fmt.calendar_words("Mon 09") == "Mo. 09"
        assert fmt.dated(None) == "—"


@pytest.mark.parametrize("name", NAMES)
def test_digits_are_ascii_and_nothing_turns_the_reading_direction(name: str) -> None:
    with following(MANNERS[name]):
        shown = fmt.number(Decimal("-9876543210.12")) + fmt.dated(AT.date()) + fmt.recent(AT)
    assert not set(shown) & {"\u200e", "\u200f", "\u061c"}
    assert all(mark.isascii() or not mark.isdigit() for mark in shown)


def test_a_date_has_its_year_in_four_digits_and_no_word_beside_it() -> None:
    for name in (*NAMES, "bg_BG", "hu_HU", "ko_KR", "pt_BR", "fa_IR"):
        with following(manner_of(QLocale(name))):
            text = fmt.dated(date(2026, 12, 18))
        assert "2026" in text, name
        assert not any(mark.isalpha() for mark in text), name


@given(any_manner, amounts)
def test_a_value_typed_as_displayed_is_the_same_value(shown_in: Manner, value: Decimal) -> None:
    with following(shown_in):
        assert amount(fmt.units(value)) == value
        assert amount(fmt.ungrouped(value)) == value
        assert amount(fmt.price(value)) == value
        assert amount(fmt.number(value, 2)) == Decimal(fmt_in_files(value))
        assert typed_number(f"{fmt.units(value)} pts") == value


def fmt_in_files(value: Decimal) -> str:
    """To the cent, as a file has it."""
    with following(FILES):
        return fmt.number(value, 2).replace(",", "")


@given(any_manner, st.decimals("0.0001", 2, places=6))
def test_a_level_typed_as_displayed_is_the_same_level(shown_in: Manner, value: Decimal) -> None:
    with following(shown_in):
        assert level(loan_fields.level(value)) == value


@given(any_manner, st.dates(date(1990, 1, 1), date(2199, 12, 31)))
def test_a_day_typed_as_displayed_or_as_in_files_is_the_same_day(
    shown_in: Manner, value: date
) -> None:
    with following(shown_in):
        assert day(fmt.dated(value)) == value
        assert day(value.isoformat()) == value


@given(any_manner, st.datetimes(datetime(1990, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001
def test_a_moment_typed_as_displayed_is_the_same_moment(shown_in: Manner, value: datetime) -> None:
    value = value.replace(microsecond=0)
    with following(shown_in):
        assert loan_fields.moment(loan_fields.moment_text(value)) == value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("typed", ["0.75", "1234.5", "350.25", ".5", "7.", "2.1M"])
def test_a_point_that_cannot_part_thousands_is_read_everywhere(name: str, typed: str) -> None:
    with following(FILES):
        meant = amount(typed)
    with following(MANNERS[name]):
        assert amount(typed) == meant


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("de_DE", "1.234,50", "1234.50"),
        ("de_DE", "1234,5", "1234.5"),
        ("de_DE", "2,1M", "2100000"),
        ("de_DE", "10.000", "10000"),
        ("de_DE", "1,234.50", "1234.50"),
        ("de_DE", "10 000,5", "10000.5"),
        ("fr_FR", "10 000,5", "10000.5"),
        ("de_CH", "10'000.5", "10000.5"),
        ("de_CH", "1,234,567.5", "1234567.5"),
    ],
)
def test_numbers_are_read_in_the_locales_way(name: str, typed: str, meant: str) -> None:
    with following(MANNERS[name]):
        assert amount(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("name", "typed", "hint"),
    [
        ("en_US", "10.000", "write 10,000"),
        ("en_US", "2,5", "with a point: 2.5"),
        ("de_DE", "10,000", "write 10.000"),
        ("de_DE", "1,234,567", "write 1.234.567"),
        ("fr_FR", "1.234", "else 1,234"),
        ("de_CH", "10,000", "else 10"),
        ("de_CH", "2,5", "with a point: 2.5"),
        ("de_DE", "1.23.4", "not a number"),
    ],
)
def test_what_could_be_two_numbers_is_asked_about(name: str, typed: str, hint: str) -> None:
    with following(MANNERS[name]), pytest.raises(Unreadable) as refused:
        amount(typed)
    assert hint in str(refused.value)


@given(any_manner, st.text())
def test_no_text_breaks_the_readers(shown_in: Manner, text: str) -> None:
    with following(shown_in):
        for read in (amount, level, day, loan_fields.moment, typed_number):
            try:
                read(text)
            except Unreadable as refused:
                assert str(refused).endswith(".")  # noqa: PT017  (most texts are no number)


def test_a_filter_is_typed_with_the_locales_decimals() -> None:
    with following(FILES):
        meant = filter_of("delta 0.2-0.5 340-380")
    with following(GERMAN):
        assert filter_of("delta 0,2-0,5 340-380") == meant
        assert filter_of("delta 0.2-0.5, 340-380") == meant


def test_what_is_remembered_of_fields_is_the_same_in_every_locale() -> None:
    texts = {"max_ltv": "72.5 %", "budget": "1,234,567.5", "max_spread": "nonsense"}
    with following(FILES):
        kept = wishes.written(texts)
    shown = {}
    for name, shown_in in MANNERS.items():
        with following(shown_in):
            shown[name] = wishes.parsed(kept)
            assert wishes.written(shown[name]) == kept, name
    assert shown["de_DE"] == {
        "max_ltv": "72,5 %", "budget": "1.234.567,5", "max_spread": "nonsense",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_copied_rows_are_for_a_spreadsheet_whatever_is_shown(qtbot: QtBot, name: str) -> None:
    columns: list[Column[Decimal]] = [
        Column("value", "Value", "USD", fmt.number),
        Column("day", "Day", "", lambda _value: fmt.dated(AT.date())),
    ]
    with following(MANNERS[name]):
        model = TableModel(columns)
        table = Table(model)
        qtbot.addWidget(table)
        model.show_rows([Decimal("1234.5")])
        table.resize(600, 200)
        table.fit()
        table.selectAll()
        shown = model.cell(0, 0)[0]
        table.copy()
        assert model.cell(0, 0)[0] == shown == fmt.number(Decimal("1234.5"))
    assert QGuiApplication.clipboard().text() == "Value (USD)\tDay\n1,234.50\t2026-03-09\n"


def test_a_manner_is_given_back_after_an_error() -> None:
    def fail() -> None:
        with following(replace(FILES, point="!")):
            assert fmt.number(1.5) == "1!50"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert fmt.number(1.5) == "1.50"


@pytest.mark.parametrize("name", NAMES)
def test_the_fields_of_qt_have_the_digits_that_the_desk_prints(name: str) -> None:
    shown = manner.fields_locale(QLocale(name)).toString(1234)
    assert [mark for mark in shown if mark.isdigit()] == list("1234")


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_the_same_bytes_whatever_the_screen_follows(name: str) -> None:
    english = QLocale()
    plain = document()
    try:
        QLocale.setDefault(QLocale(name))
        with following(MANNERS[name]):
            assert document() == plain
    finally:
        QLocale.setDefault(english)


def document() -> bytes:
    """A page of figures as reports print them."""
    figures = (
        paper.number(Decimal("1234567.5")),
        paper.money(Decimal(2_100_000), "USD"),
        paper.moments(AT),
        paper.percent(Decimal("0.655")),
    )
    told = Report(
        "Figures", "", "", (("As of", figures[2]),), (Section("All", (Points(figures),)),), ""
    )
    return pdf(told, theme.resources() / "fonts")
