// node-quickbooks, each of whose methods ends in a callback.
const { Readable } = require("stream");
const QuickBooks = require("node-quickbooks");
const speak = require("./speak");

const { BASE, REALM, ACCESS_TOKEN, REFRESH_TOKEN } = process.env;
QuickBooks.V3_ENDPOINT_BASE_URL = `${BASE}/v3/company/`;
const books = new QuickBooks("sandbox-client", "sandbox-secret", ACCESS_TOKEN, false, REALM, true, false, 75, "2.0", REFRESH_TOKEN);

// A file is sent as a stream, of which nobody knows the length.
const meant = (value) => (value?.bytes === undefined ? value : Readable.from([Buffer.from(value.bytes, "latin1")]));

speak((method, args) =>
  new Promise((resolve, reject) => {
    books[method](...args.map(meant), (error, value) => (error ? reject(error) : resolve(value)));
  }),
);
