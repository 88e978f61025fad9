"""`/v3/orders/{id}/transactions`."""

from datetime import timedelta

from bigcommerce_sim.api.access import READ_TRANSACTIONS
from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.pages import v3_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import read_tests
from bigcommerce_sim.exchange import Response, no_content
from bigcommerce_sim.world.amounts import as_number
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.transactions import Transaction


def list_transactions(call: Call) -> Response:
    """Return one page of transactions; 204 where the order has none."""
    order = call.order_as_read()
    read_tests(call, {})
    newest = call.world.now() - timedelta(seconds=call.world.settings.read_lag_s)
    lags = call.world.settings.read_lag_s > 0
    rows = [
        each
        for each in call.world.transactions_of(order.id).of(order.id)
        if not lags or each.created_at <= newest
    ]
    return v3_list(call, rows, _body) if rows else no_content()


def _body(transaction: Transaction) -> dict[str, object]:
    body: dict[str, object] = {
        "id": transaction.id,
        "order_id": str(transaction.order_id),
        "event": transaction.event,
        "method": transaction.method,
        "amount": as_number(transaction.amount),
        "currency": transaction.currency,
        "gateway": transaction.gateway,
        "gateway_transaction_id": f"sim_{transaction.id}",
        "status": transaction.status,
        "test": transaction.test,
        "fraud_review": False,
        "date_created": iso8601(transaction.created_at),
        "payment_method_id": f"{transaction.gateway}.{transaction.method}",
        "offline": None,
        "custom": None,
        "credit_card": {},
        "store_credit": None,
        "gift_certificate": None,
        "avs_result": {},
        "cvv_result": {},
        "payment_instrument_token": None,
    }
    if transaction.reference_id is not None:
        body["reference_transaction_id"] = transaction.reference_id
    if transaction.method == "offline":
        body["offline"] = {"display_name": transaction.gateway}
    elif transaction.method == "custom":
        body["custom"] = {"payment_method": transaction.gateway}
    elif transaction.method == "store_credit":
        body["store_credit"] = {"remaining_balance": 0.0}
    elif transaction.method == "gift_certificate":
        body["gift_certificate"] = {
            "code": f"GIFT-{transaction.id}",
            "original_balance": as_number(transaction.amount),
            "starting_balance": as_number(transaction.amount),
            "remaining_balance": 0.0,
            "status": "active",
        }
    return body


ROUTES = (route("GET", "/v3/orders/{}/transactions", READ_TRANSACTIONS, list_transactions),)
