"""The walks trust the witness to notice what they do not look at, so it must."""

from tests.browser.conftest import Visitors

POLICY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
PAGE = """<!doctype html><title>A page</title><link rel="icon" href="data:,">
<p style="color: red">Red</p><img src="/gone.png" alt=""><img src="/cut.png" alt=""><script src="/own.js"></script>"""
SCRIPT = "console.warn('Mind this'); lacking()"


def test_the_witness_hears_of_breaches_warnings_errors_and_what_did_not_come(visitors: Visitors) -> None:
    person = visitors.at("http://somewhere.test/")
    person.page.route("**/gone.png", lambda route: route.fulfill(status=404))
    person.page.route("**/cut.png", lambda route: route.abort("connectionreset"))
    person.page.route("**/own.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    person.page.route(person.address, lambda route: route.fulfill(body=PAGE, headers=POLICY, content_type="text/html"))
    person.page.goto(person.address)
    heard = "\n".join(person.witness.complaints)
    for words in (
        "error: Applying inline style violates the following Content Security Policy",
        "warning: Mind this",
        "uncaught: lacking is not defined",
        "answered 404: GET http://somewhere.test/gone.png",
        "failed: GET http://somewhere.test/cut.png: net::ERR_CONNECTION_RESET",
    ):
        assert words in heard
