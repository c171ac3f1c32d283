package io.alphakite.suite.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EnvTemplateTest {
  private static final Pattern SETTING = Pattern.compile("#?([A-Z][A-Z0-9_]*)=(.*)");

  private static final List<String> PRODUCT =
      List.of(
          "common-model",
          "db",
          "schwab-client",
          "schwab-simulator",
          "service-platform",
          "streaming-service",
          "trading-engine",
          "api-gateway",
          "suite");

  /** Read by docker-compose.yml alone. */
  private static final Set<String> COMPOSE =
      Set.of("POSTGRES_PASSWORD", "KITE_PUBLISH_ADDRESS", "KITE_IMAGE_PREFIX", "KITE_IMAGE_TAG");

  /** The contract's defaults; blank where it has none. */
  private static final Map<String, String> CONTRACT = contract();

  @Test
  void listsEverySettingThatTheSourcesUse() {
    Set<String> missing = new TreeSet<>(ProjectSettings.usedBy(PRODUCT));
    missing.removeAll(template().keySet());

    assertThat(missing).as("settings used in sources and absent from env.template").isEmpty();
  }

  @Test
  void listsNothingThatNobodyReads() {
    assumeTrue(ProjectSettings.complete(), "a service is not there yet");
    Set<String> unread = new TreeSet<>(template().keySet());
    unread.removeAll(ProjectSettings.usedBy(PRODUCT));
    unread.removeAll(COMPOSE);

    assertThat(unread).as("settings in env.template that no source uses").isEmpty();
  }

  @Test
  void showsTheDefaultsOfTheContract() {
    Map<String, String> shown = template();

    assertThat(shown).containsAllEntriesOf(CONTRACT);
  }

  @Test
  void changesNothingWhenCopiedAsItIs() {
    List<String> active =
        lines().stream()
            .filter(line -> !line.startsWith("#"))
            .filter(line -> !line.isBlank())
            .toList();

    assertThat(active).allMatch(line -> line.endsWith("="));
  }

  @Test
  void explainsEverySettingInTheLineBefore() {
    List<String> unexplained = new ArrayList<>();
    String before = "";
    for (String line : lines()) {
      Matcher setting = SETTING.matcher(line);
      boolean explained = before.startsWith("# ") && !before.startsWith("# ---");
      // The alias is explained with the name it stands for.
      if (setting.matches() && !explained && !setting.group(1).equals("STREAM_TICKER")) {
        unexplained.add(line);
      }
      before = line;
    }

    assertThat(unexplained).isEmpty();
  }

  private static Map<String, String> template() {
    Map<String, String> settings = new LinkedHashMap<>();
    Set<String> twice = new HashSet<>();
    for (String line : lines()) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches() && settings.put(setting.group(1), setting.group(2)) != null) {
        twice.add(setting.group(1));
      }
    }
    assertThat(twice).as("settings listed twice").isEmpty();
    return settings;
  }

  private static List<String> lines() {
    return ProjectSettings.read(ProjectSettings.root().resolve("env.template")).lines().toList();
  }

  private static Map<String, String> contract() {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String unset :
        List.of(
            "DATABASE_URL",
            "DATABASE_USER",
            "DATABASE_PASSWORD",
            "KITE_STREAMER_DB_PASSWORD",
            "KITE_ENGINE_DB_PASSWORD",
            "KITE_GATEWAY_DB_PASSWORD",
            "SCHWAB_APP_KEY",
            "SCHWAB_APP_SECRET",
            "SCHWAB_CALLBACK_URL",
            "SCHWAB_TOKEN_KEY",
            "SCHWAB_ACCOUNT",
            "STREAM_TICKER",
            "RISK_ALLOWED_TICKERS",
            "KITE_ADMIN_KEY",
            "KITE_PUBLIC_READ")) {
      defaults.put(unset, "");
    }
    defaults.put("SCHWAB_BASE_URL", "https://api.schwabapi.com");
    defaults.put("SCHWAB_TOKEN_FILE", ".kite/schwab-token.json");
    defaults.put("STREAM_TICKERS", "QQQ");
    defaults.put("STREAM_OPTIONS", "true");
    defaults.put("STREAM_HOURS", "regular");
    defaults.put("BATCH_SIZE", "1");
    defaults.put("BATCH_INTERVAL", "1");
    defaults.put("INDICATOR_BAR", "1m");
    defaults.put("MARKET_CLOCK", "wall");
    defaults.put("TRADING_MODE", "paper");
    defaults.put("AUTO_TRADING", "false");
    defaults.put("AUTO_TRADING_QUANTITY", "1");
    defaults.put("KITE_REPLAY_SPEED", "30");
    defaults.put("SIMULATOR_CONFLATE_MS", "0");
    defaults.put("GATEWAY_PORT", "8080");
    defaults.put("STREAMER_PORT", "8081");
    defaults.put("ENGINE_PORT", "8082");
    defaults.put("SIMULATOR_PORT", "8090");
    defaults.put("BIND_ADDRESS", "127.0.0.1");
    defaults.put("RISK_MAX_ORDER_QUANTITY", "100");
    defaults.put("RISK_MAX_ORDER_NOTIONAL", "25000");
    defaults.put("RISK_MAX_POSITION_NOTIONAL", "50000");
    defaults.put("RISK_MAX_DAILY_LOSS", "500");
    defaults.put("RISK_MAX_OPEN_ORDERS", "10");
    defaults.put("RISK_MAX_ORDERS_PER_MINUTE", "10");
    defaults.put("RISK_PRICE_COLLAR_PERCENT", "5");
    defaults.put("RISK_MAX_QUOTE_AGE_SECONDS", "5");
    return defaults;
  }
}
