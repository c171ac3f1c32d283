package io.alphakite.engine.risk.config;

import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The {@code RISK_} settings. A name that is none of them stops the start: it may be a limit
 * misspelt.
 */
final class RiskSettings {

  private static final String PREFIX = "RISK_";
  private static final List<String> NAMES =
      List.of(
          "RISK_MAX_ORDER_QUANTITY",
          "RISK_MAX_ORDER_NOTIONAL",
          "RISK_MAX_POSITION_NOTIONAL",
          "RISK_MAX_DAILY_LOSS",
          "RISK_MAX_OPEN_ORDERS",
          "RISK_MAX_ORDERS_PER_MINUTE",
          "RISK_PRICE_COLLAR_PERCENT",
          "RISK_MAX_QUOTE_AGE_SECONDS",
          "RISK_ALLOWED_TICKERS");
  private static final BigDecimal DOLLARS_MAX = BigDecimal.valueOf(1_000_000_000_000L);
  private static final BigDecimal PERCENT_MAX = BigDecimal.valueOf(100);
  private static final BigDecimal SECONDS_MAX = BigDecimal.valueOf(86_400);
  private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);
  private static final int COUNT_MAX = 1_000_000_000;

  private RiskSettings() {}

  static RiskLimits from(Settings settings) {
    for (String name : new TreeSet<>(settings.all().keySet())) {
      if (name.startsWith(PREFIX) && !NAMES.contains(name)) {
        throw new SettingsException(
            name + " is not a risk limit; there are " + String.join(", ", NAMES));
      }
    }
    RiskLimits defaults = RiskLimits.defaults();
    return new RiskLimits(
        settings.integer(
            "RISK_MAX_ORDER_QUANTITY", Math.toIntExact(defaults.maxOrderQuantity()), 0, COUNT_MAX),
        dollars(settings, "RISK_MAX_ORDER_NOTIONAL", defaults.maxOrderNotional()),
        dollars(settings, "RISK_MAX_POSITION_NOTIONAL", defaults.maxPositionNotional()),
        dollars(settings, "RISK_MAX_DAILY_LOSS", defaults.maxDailyLoss()),
        settings.integer("RISK_MAX_OPEN_ORDERS", defaults.maxOpenOrders(), 0, COUNT_MAX),
        settings.integer("RISK_MAX_ORDERS_PER_MINUTE", defaults.maxOrdersPerMinute(), 0, COUNT_MAX),
        settings.decimal(
            "RISK_PRICE_COLLAR_PERCENT",
            defaults.priceCollarPercent(),
            BigDecimal.ZERO,
            PERCENT_MAX),
        Duration.ofMillis(
            settings
                .decimal(
                    "RISK_MAX_QUOTE_AGE_SECONDS",
                    BigDecimal.valueOf(defaults.maxQuoteAge().toSeconds()),
                    BigDecimal.ZERO,
                    SECONDS_MAX)
                .multiply(MILLIS)
                .longValue()),
        settings.text("RISK_ALLOWED_TICKERS").isEmpty()
            ? null
            : settings.parsed(
                "RISK_ALLOWED_TICKERS",
                "",
                "a list of tickers, e.g. SPY,IBM",
                RiskSettings::tickers));
  }

  private static BigDecimal dollars(Settings settings, String name, BigDecimal otherwise) {
    return settings.decimal(name, otherwise, BigDecimal.ZERO, DOLLARS_MAX);
  }

  private static Set<String> tickers(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(ticker -> Ticker.of(ticker).symbol())
        .collect(Collectors.toUnmodifiableSet());
  }
}
