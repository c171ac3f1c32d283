package io.alphakite.schwab.auth;

/**
 * The app as registered with Schwab.
 *
 * @param appKey OAuth's {@code client_id}
 * @param callbackUrl exactly as registered, without a trailing slash; empty where nobody logs in
 */
public record SchwabCredentials(Secret appKey, Secret appSecret, String callbackUrl) {

  /** The callback URL, for a login. */
  String requiredCallbackUrl() {
    if (callbackUrl.isBlank()) {
      throw new IllegalArgumentException("SCHWAB_CALLBACK_URL is not set");
    }
    return callbackUrl;
  }
}
