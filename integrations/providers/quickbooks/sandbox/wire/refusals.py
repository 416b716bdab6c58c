"""How QuickBooks says no: the capitalised Fault, and the gateway's lower-case one (§1.7, §2.1, §10)."""

from __future__ import annotations

import time

from . import languages
from .json import Json

MESSAGES: dict[str, str] = {
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "1040": "Batch size exceeded",
    "1050": "Invalid Content Type",
    "2000": "Request has unsupported object",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String. Contains invalid characters",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date format",
    "2070": "Invalid Date",
    "2080": "Invalid Number",
    "2120": "Invalid Type",
    "2130": "Invalid Request Id Format",
    "2140": "Invalid Amount",
    "2170": "Invalid Enumeration",
    "2180": "String value is out of range",
    "2200": "Invalid Web Address",
    "2210": "Invalid Email Address",
    "2220": "Invalid Currency Type",
    "2230": "Invalid Boolean",
    "2250": "Transaction must have at least one line",
    "2290": "Amount must not be negative",
    "2410": "Curreny, ExchangeRate is missing.",
    "2500": "Invalid Reference Id",
    "2600": "Conflicting elements in the request",
    "3001": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5020": "Permission Denied Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Account Type Missing",
    "6060": "Opening balance date must be given with the opening balance",
    "6070": "Amount is not equal to UnitPrice * Qty",
    "6080": "Name Required",
    "6100": "Invalid Tax Code",
    "6140": "Duplicate Document Number Error",
    "6150": "Invalid Parent Reference",
    "6170": "Invalid Tax Detail",
    "6180": "Too many levels",
    "6190": "Invalid Company Status",
    "6210": "Account Period Closed, Cannot Update Through Services API",
    "6220": "An object with a balance cannot be deleted",
    "6240": "Duplicate Name Exists Error",
    "6290": "Employee or vendor must be chosen",
    "6300": "Employee or vendor name is missing or invalid",
    "6310": "Customer Required For Billable Expense",
    "6320": "Invalid billable status",
    "6330": "Billing rate is missing",
    "6340": "Invalid time",
    "6350": "Missing time",
    "6360": "Invalid start or end time",
    "6370": "Start time is after end time",
    "6380": "Invalid duration",
    "6390": "Invalid multiple durations",
    "6430": "Invalid account type used",
    "6520": "Tracked inventory item must have a quantity",
    "6090": "Discount line is incomplete",
    "6420": "E-mail address required for delivery",
    "6440": "Line needs an item or an account",
    "6460": "Deposit line does not match",
    "6480": "Matched Transaction Cannot Be Deleted",
    "6530": "Credit Card Number Found",
    "6540": "Deposited Transaction cannot be changed",
    "10000": "An application error has occurred while processing your request",
}

INACTIVE = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


class Refusal(Exception):
    """A Fault about the request itself; HTTP 400 and ValidationFault unless said otherwise."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        element: str | None = "",
        status: int = 400,
        kind: str = "",
        message: str = "",
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.element = element
        self.status = status
        self.kind = kind or ("SystemFault" if code == "10000" else "ValidationFault")
        self.message = message or MESSAGES.get(code, "Error")

    def fault(self, language: str = "en") -> Json:
        message, detail = languages.told(language, self.code, self.message, self.detail)
        error: Json = {"Message": message, "Detail": detail, "code": self.code, "element": self.element}
        return {"Fault": {"Error": [error], "type": self.kind}}


class GatewayRefusal(Exception):
    """The gateway in front of the books: tokens and realms, in its own lower-case envelope (§1.7)."""

    def __init__(self, status: int, code: str, message: str, detail: str, kind: str) -> None:
        super().__init__(detail)
        self.status = status
        text = f"message={message}; errorCode={int(code):06d}; statusCode={status}"
        error = {"message": text, "detail": detail, "code": code, "element": None}
        self.fault: Json = {"error": [error], "type": kind}

    def body(self, now: float | None = None) -> Json:
        return self.around(self.fault, now)

    @staticmethod
    def around(fault: Json, now: float | None = None) -> Json:
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": fault,
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int((time.time() if now is None else now) * 1000),
            "status": None,
            "cdcresponse": [],
        }


def unauthenticated(detail: str, code: str = "3200") -> GatewayRefusal:
    return GatewayRefusal(401, code, "AuthenticationFailed", detail, "AUTHENTICATION")


def unauthorized(realm: str) -> GatewayRefusal:
    detail = f"The token is not authorised for realm {realm}"
    return GatewayRefusal(403, "3100", "ApplicationAuthorizationFailed", detail, "AUTHORIZATION")


def missing(name: str) -> Refusal:
    return Refusal("2020", f"Required parameter {name} is missing in the request", element=name)


def business(text: str) -> Refusal:
    return Refusal("6000", f"Business Validation Error: {text}")


def not_found(detail: str = "Another user has deleted this transaction.") -> Refusal:
    return Refusal("610", f"Object Not Found : {detail}")


def unsupported(operation: str) -> Refusal:
    return Refusal("500", f"Operation {operation} is not supported.", element="Operation")
