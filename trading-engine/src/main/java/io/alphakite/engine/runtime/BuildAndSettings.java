package io.alphakite.engine.runtime;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.version.BuildVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** What decides how the engine trades: another build or setting disarms it. */
final class BuildAndSettings {

  private static final List<String> PREFIXES = List.of("RISK_", "STREAM_", "TRADING_", "AUTO_");
  private static final List<String> NAMES =
      List.of("INDICATOR_BAR", "MARKET_CLOCK", "SCHWAB_BASE_URL", "SCHWAB_ACCOUNT");

  private BuildAndSettings() {}

  static String build() {
    return BuildVersion.get();
  }

  /** A hash of build and settings; secrets do not enter it, except for which account is meant. */
  static String hash(Settings settings) {
    StringBuilder text = new StringBuilder(build()).append('\n');
    new TreeMap<>(settings.all())
        .forEach(
            (name, value) -> {
              if (NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith)) {
                text.append(name).append('=').append(value).append('\n');
              }
            });
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
