"""The desk's answers, from the services of a desk without a window on the simulated market."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from tests.fakes.serving import free_port
from vaultdesk import settings as layers
from vaultdesk.adapters.web import access
from vaultdesk.adapters.web.shapes.messages import Message
from vaultdesk.app import parts
from vaultdesk.app.answers.portfolio import loan_answer, numbers
from vaultdesk.app.defence import Defence
from vaultdesk.app.serving.headless import Headless
from vaultdesk.core.alerts import Metric, Rule, Severity
from vaultdesk.core.audit import FactKind
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.events import LoanValued, ProblemCleared, ProblemRaised
from vaultdesk.ports import InputError, KnownError, SecretError

PATIENCE_S = 30


@pytest_asyncio.fixture
async def desk(home: Path) -> AsyncIterator[Headless]:
    """It has a price, a valued loan and a chain."""
    del home
    flags = {"feed": "simulated", "secrets_in": "session", "serve_port": free_port()}
    profile = parts.Profile(layers.load(flags), demo=True)
    said: list[str] = []
    defence = Defence(profile.home, "info", qt=False)
    made = Headless(profile, flags, defence, said.append)
    stores = await asyncio.to_thread(parts.open_stores, profile)
    valued = asyncio.Event()

    def look(event: LoanValued) -> None:
        if event.state is not None:
            valued.set()

    made.bus.subscribe(LoanValued, look)
    await made.open(stores)
    await asyncio.wait_for(valued.wait(), PATIENCE_S)
    await made.services.chain.settled()
    yield made
    await made.close()
    await asyncio.to_thread(stores.close)
    defence.stand_down()
    assert said == []


async def test_the_portfolio_says_what_the_services_know(desk: Headless) -> None:
    told = await desk.facade.portfolio("GLD")
    state = desk.services.loan.state
    assert state is not None
    assert told.loan is not None
    assert told.quote.quality == told.loan.quality == "SIMULATED"
    assert told.quote.source == told.loan.source == "simulated (seed 7)"
    assert told.loan.ltv == numbers(state)["ltv"]
    assert Decimal(told.loan.ltv or 0) == pytest.approx(state.ltv, abs=Decimal("1e-8"))
    assert told.loan.age_s is not None
    assert told.loan.reason == ""


async def test_a_loan_without_prices_says_why_and_no_number_is_zero(desk: Headless) -> None:
    terms = desk.services.loan.terms
    assert terms is not None
    now = desk.feed.clock.now()
    answer = loan_answer(terms, None, now, now, None, "There is no price.")
    known = {name: value for name, value in msgspec.to_builtins(answer).items() if value}
    assert known.keys() == {"currency", "amount", "cure", "reason"}
    assert answer.amount == "2450000"
    assert answer.reason == "There is no price."


@pytest.mark.parametrize("ask", ["portfolio", "options", "strategies"])
async def test_no_other_symbol_is_answered_for(desk: Headless, ask: str) -> None:
    with pytest.raises(InputError, match="watches GLD") as refused:
        await getattr(desk.facade, ask)("SLV")
    assert refused.value.field == "symbol"


async def test_the_shown_chain_is_told_in_short_and_in_full(desk: Headless) -> None:
    view = desk.services.chain.view
    assert view is not None
    short, full = await desk.facade.options("GLD"), await desk.facade.chain("", None)
    assert short.expiry == full.expiry == view.chain.expiry.isoformat()
    assert len(full.rows) == len(view.chain.rows) > len(short.contracts) > 10
    row = next(row for row in full.rows if row.volatility and row.flag == "OK")
    place = [one.contract for one in view.chain.rows].index(row.contract)
    assert float(row.delta or 0) == pytest.approx(view.greeks.delta[place], abs=1e-3)
    assert Decimal(row.bid or 0) == view.chain.rows[place].bid
    assert full.quality == "SIMULATED"


async def test_another_expiry_is_valued_without_moving_the_shown_one(desk: Headless) -> None:
    chain = desk.services.chain
    shown = chain.expiry
    other = next(one for one in chain.expirations[5:] if one != shown)
    answer = await desk.facade.chain("GLD", other)
    assert answer.expiry == other.isoformat()
    assert chain.expiry == shown
    with pytest.raises(InputError, match="No options on GLD") as refused:
        await desk.facade.chain("GLD", other.replace(year=other.year + 20))
    assert refused.value.field == "expiry"


async def test_hedges_are_told_side_by_side_and_compared_once_for_all_who_ask(
    desk: Headless,
) -> None:
    first, second = await asyncio.gather(*(desk.facade.strategies("GLD") for _ in range(2)))
    assert first is second
    assert first.market is not None
    assert first.market.quality == "SIMULATED"
    assert set(first.recommendations) == {"conservative", "cost_sensitive", "balanced"}
    assert first.sensitivity is not None
    assert first.sensitivity.winner == first.recommendations["balanced"][0].name
    assert len(first.sensitivity.winners) == len(first.sensitivity.vol_pts)


async def test_rules_are_replaced_as_the_dialog_does_and_audited(desk: Headless) -> None:
    held, version = await desk.facade.alert_configuration()
    rules = [one for one in held.rules if one.id != "ltv-70"]
    rules[0] = msgspec.structs.replace(rules[0], threshold="400")
    wanted = msgspec.structs.replace(held, rules=rules, quiet_from="22:00", quiet_to="07:00")
    now, newer = await desk.facade.configure_alerts(wanted, version)
    assert newer != version
    assert now == wanted
    alerts = desk.alerting.alerts
    assert "ltv-70" not in {rule.id for rule in alerts.rules}
    assert alerts.quiet is not None
    await desk.audit.settled()
    facts = [entry.fact for entry in await desk.audit.entries()]
    subjects = {fact.subject for fact in facts if fact.kind is FactKind.SETTING}
    assert {"alert rule ltv-70", f"alert rule {rules[0].id}", "quiet_from"} <= subjects


async def test_who_did_not_see_the_last_change_undoes_nothing(desk: Headless) -> None:
    held, version = await desk.facade.alert_configuration()
    mine = Rule("price-300", Metric.PRICE, Decimal(300), Severity.INFO, subject="GLD")
    await desk.alerting.alerts.save_rule(mine)
    with pytest.raises(InputError, match="changed meanwhile") as refused:
        await desk.facade.configure_alerts(held, version)
    assert refused.value.field == "version"
    assert mine in desk.alerting.alerts.rules
    await desk.facade.configure_alerts(held, "*")
    assert mine not in desk.alerting.alerts.rules


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metric": "price", "subject": ""}, "rules[0].subject"),
        ({"id": "ltv-75"}, ".id"),
    ],
)
async def test_a_rule_that_cannot_be_used_changes_nothing(
    desk: Headless, change: dict[str, Any], field: str
) -> None:
    held, version = await desk.facade.alert_configuration()
    bad = msgspec.structs.replace(held.rules[0], **change)
    wanted = msgspec.structs.replace(held, rules=[bad, *held.rules[1:]], quiet_from="23:00")
    with pytest.raises(InputError) as refused:
        await desk.facade.configure_alerts(wanted, version)
    assert refused.value.field.endswith(field)
    assert (await desk.facade.alert_configuration())[1] == version


async def test_there_is_no_report_that_nobody_made(desk: Headless) -> None:
    assert (await desk.facade.reports()).reports == []
    with pytest.raises(InputError, match="no such report") as refused:
        await desk.facade.report_pdf("0" * 16)
    assert refused.value.field == "id"


async def test_a_report_that_was_made_is_listed_and_given_as_it_was_drawn(desk: Headless) -> None:
    made = await desk.reports.make(ReportKind.LOAN)
    (listed,) = (await desk.facade.reports()).reports
    assert listed.id == made.row.id
    body = await desk.facade.report_pdf(listed.id)
    assert hashlib.sha256(body).hexdigest() == listed.pdf_sha256


async def test_health_names_what_is_there_and_what_is_not(desk: Headless) -> None:
    health = await desk.facade.health()
    assert health.status == "ok"
    assert health.environment.mark == "SIMULATED"
    assert health.broker.account_mode == "none"
    assert health.database.schema == health.database.newest_schema
    assert health.database.writable
    assert health.alerts.age_s is not None
    assert health.problems == []


async def test_the_server_is_switched_while_the_desk_runs(desk: Headless) -> None:
    chosen = desk.profile.settings
    problems: list[str] = []
    desk.bus.subscribe(ProblemRaised, lambda event: problems.append(event.key))
    desk.bus.subscribe(ProblemCleared, lambda event: problems.append("-" + event.key))
    await desk.serving.follow(chosen, on=True)
    first = desk.serving.at
    token = await desk.credentials.get(access.TOKEN)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        assert (await client.get(f"{first}/health")).status == 200
        moved = msgspec.structs.replace(chosen, serve_port=free_port())
        await desk.serving.follow(moved, on=True)
        assert desk.serving.at != first
        assert (await client.get(f"{desk.serving.at}/health")).status == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get(f"{first}/health")
        await desk.credentials.set(access.TOKEN, access.new_token())
        await desk.serving.renew()
        assert (await client.get(f"{desk.serving.at}/health")).status == 401
        await desk.serving.follow(moved, on=False)
        assert desk.serving.at == ""
    assert set(problems) == {"-serve"}


async def test_what_happens_is_told_to_those_who_listen(desk: Headless) -> None:
    chosen = msgspec.structs.replace(desk.profile.settings, websocket_interval_seconds=0.2)
    await desk.serving.use(chosen, on=True)
    token = await desk.credentials.get(access.TOKEN)
    headers = {"Authorization": f"Bearer {token}"}
    wanted = {"portfolio_update", "loan", "alert", "chain"}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.ws_connect(f"{desk.serving.at}/ws/updates") as listener,
        asyncio.timeout(PATIENCE_S),
    ):
        await listener.receive()
        rule = Rule("told", Metric.LTV, Decimal("0.10"), Severity.INFO)
        await desk.alerting.alerts.save_rule(rule)
        desk.services.chain.refresh()
        while wanted:
            text = await listener.receive_str()
            message = msgspec.json.decode(text, type=Message)
            wanted.discard(type(message).__struct_config__.tag)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.7.7"])
async def test_nobody_else_is_let_in_without_a_token_that_lasts(desk: Headless, host: str) -> None:
    wide = msgspec.structs.replace(desk.profile.settings, serve_host=host)
    with pytest.raises(InputError, match="keep passwords in the keyring first"):
        await desk.serving.use(wide, on=True)
    kept = msgspec.structs.replace(wide, secrets_in="keyring")
    with pytest.raises(InputError, match="--new-token"):  # there is none
        await desk.serving.use(kept, on=True)
    with pytest.raises(SecretError):
        await desk.credentials.get(access.TOKEN)
    assert desk.serving.at == ""


async def test_a_token_that_can_be_guessed_is_not_taken(desk: Headless) -> None:
    await desk.credentials.set(access.TOKEN, "short")
    with pytest.raises(KnownError, match="shorter than 20"):
        await desk.serving.use(desk.profile.settings, on=True)
