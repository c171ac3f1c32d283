package io.alphakite.schwab;

import io.alphakite.schwab.auth.SchwabCredentials;
import io.alphakite.schwab.auth.Secret;
import io.alphakite.schwab.http.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where Schwab is and who we are.
 *
 * @param baseUrl of OAuth, market data and trader calls, checked by {@link Endpoint}
 * @param tokenKey the base64 of 32 bytes that encrypts the token file; null leaves it plain
 */
public record SchwabConfig(
    URI baseUrl, SchwabCredentials credentials, Path tokenFile, @Nullable Secret tokenKey) {

  /** Schwab itself. */
  public static final String PRODUCTION = "https://api.schwabapi.com";

  /**
   * Reads the values as the settings give them.
   *
   * @param callbackUrl needed for a login alone; may be empty
   * @throws IllegalArgumentException with one line naming the setting that cannot be used
   */
  public static SchwabConfig of(
      String baseUrl,
      String appKey,
      String appSecret,
      String callbackUrl,
      Path tokenFile,
      @Nullable String tokenKey) {
    return new SchwabConfig(
        Endpoint.http("SCHWAB_BASE_URL", baseUrl),
        new SchwabCredentials(
            required("SCHWAB_APP_KEY", appKey),
            required("SCHWAB_APP_SECRET", appSecret),
            callbackUrl),
        tokenFile,
        tokenKey == null || tokenKey.isBlank() ? null : Secret.of(tokenKey));
  }

  public SchwabConfig {
    Endpoint.http("SCHWAB_BASE_URL", baseUrl.toString());
  }

  private static Secret required(String setting, String value) {
    return value.isBlank() ? Secret.of(missing(setting)) : Secret.of(value);
  }

  private static String missing(String setting) {
    throw new IllegalArgumentException(setting + " is not set");
  }
}
