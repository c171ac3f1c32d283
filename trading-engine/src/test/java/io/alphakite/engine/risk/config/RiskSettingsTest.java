package io.alphakite.engine.risk.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiskSettingsTest {

  @Test
  void unsetMeansTheDefaults() {
    assertThat(RiskSettings.from(Settings.of(Map.of("RISK_ALLOWED_TICKERS", " "))))
        .isEqualTo(RiskLimits.defaults());
  }

  @Test
  void readsEveryLimit() {
    assertThat(
            RiskSettings.from(
                Settings.of(
                    Map.of(
                        "RISK_MAX_ORDER_QUANTITY", "1",
                        "RISK_MAX_ORDER_NOTIONAL", "2.50",
                        "RISK_MAX_POSITION_NOTIONAL", "3",
                        "RISK_MAX_DAILY_LOSS", "4",
                        "RISK_MAX_OPEN_ORDERS", "5",
                        "RISK_MAX_ORDERS_PER_MINUTE", "6",
                        "RISK_PRICE_COLLAR_PERCENT", "7.5",
                        "RISK_MAX_QUOTE_AGE_SECONDS", "0.25",
                        "RISK_ALLOWED_TICKERS", "SPY, IBM"))))
        .isEqualTo(
            new RiskLimits(
                1,
                new BigDecimal("2.50"),
                new BigDecimal("3"),
                new BigDecimal("4"),
                5,
                6,
                new BigDecimal("7.5"),
                Duration.ofMillis(250),
                Set.of("SPY", "IBM")));
  }

  @ParameterizedTest
  @CsvSource({
    "RISK_MAX_ORDR_QUANTITY, 5, RISK_MAX_ORDR_QUANTITY is not a risk limit",
    "RISK_MAX_DAILY_LOSS, lots, RISK_MAX_DAILY_LOSS=lots is not a number",
    "RISK_MAX_OPEN_ORDERS, -1, RISK_MAX_OPEN_ORDERS=-1 is not a whole number",
    "RISK_ALLOWED_TICKERS, 'SPY,,IBM', 'RISK_ALLOWED_TICKERS=SPY,,IBM is not a list of tickers'",
    "RISK_ALLOWED_TICKERS, spy, RISK_ALLOWED_TICKERS=spy is not a list of tickers",
  })
  void r45_refusesWhatItCannotUse(String name, String value, String line) {
    assertThatThrownBy(() -> RiskSettings.from(Settings.of(Map.of(name, value))))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(line);
  }
}
