// intuit-oauth: from the address a person is sent to, until the connection is over.
const OAuthClient = require("intuit-oauth");
const speak = require("./speak");

const { BASE, BACK } = process.env;
OAuthClient.environment.sandbox = `${BASE}/`;
const client = new OAuthClient({
  clientId: "sandbox-client",
  clientSecret: "sandbox-secret",
  environment: "sandbox",
  redirectUri: BACK,
});
client.setAuthorizeURLs({
  authorizeEndpoint: `${BASE}/connect/oauth2`,
  tokenEndpoint: `${BASE}/oauth2/v1/tokens/bearer`,
  revokeEndpoint: `${BASE}/v2/oauth2/tokens/revoke`,
  userInfoEndpoint: `${BASE}/v1/openid_connect/userinfo`,
});

speak(async (method, args) => {
  const value = await client[method](...args);
  return typeof value === "object" && value !== null && "json" in value ? value.json : value;
});
