package io.alphakite.schwab.auth;

/**
 * The app as registered with Schwab.
 *
 * @param appKey OAuth's {@code client_id}
 * @param callbackUrl exactly as registered, without a trailing slash
 */
public record SchwabCredentials(Secret appKey, Secret appSecret, String callbackUrl) {

  public SchwabCredentials {
    if (callbackUrl.isBlank()) {
      throw new IllegalArgumentException("the callback URL must not be blank");
    }
  }
}
