package io.alphakite.schwab.auth;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The app as registered with Schwab.
 *
 * @param appKey OAuth's {@code client_id}
 * @param callbackUrl exactly as registered, without a trailing slash; empty where nobody logs in
 */
public record SchwabCredentials(Secret appKey, Secret appSecret, String callbackUrl) {

  /**
   * The callback URL, for a login.
   *
   * @throws IllegalArgumentException with one line when it is missing or one that Schwab does not
   *     take
   */
  public String requiredCallbackUrl() {
    if (callbackUrl.isBlank()) {
      throw new IllegalArgumentException(
          "SCHWAB_CALLBACK_URL is not set: give the application's callback, exactly as registered,"
              + " such as https://127.0.0.1:8182");
    }
    URI uri;
    try {
      uri = new URI(callbackUrl);
    } catch (URISyntaxException _) {
      throw new IllegalArgumentException("SCHWAB_CALLBACK_URL is not one URL");
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "SCHWAB_CALLBACK_URL is not a URL such as https://127.0.0.1:8182");
    }
    boolean plain = "http".equals(uri.getScheme()) && uri.getHost().equals("127.0.0.1");
    if (!"https".equals(uri.getScheme()) && !plain) {
      throw new IllegalArgumentException(
          "SCHWAB_CALLBACK_URL must be https: Schwab registers no other");
    }
    if (uri.getHost().equals("localhost")) {
      throw new IllegalArgumentException(
          "SCHWAB_CALLBACK_URL must name 127.0.0.1: Schwab refuses localhost");
    }
    return callbackUrl;
  }
}
