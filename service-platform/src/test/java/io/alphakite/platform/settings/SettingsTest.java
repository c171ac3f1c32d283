package io.alphakite.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @Test
  void blankCountsAsUnset() {
    assertThat(Settings.of(Map.of("A", "  ")).text("A")).isEmpty();
    assertThat(Settings.of(Map.of("A", " x ")).text("A")).contains("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e5",
        "NaN",
        "1,5",
        "-1",
        "101",
        "0x10",
        "1e999999999",
        "1234567890123456789012345678901"
      })
  void refusesWhatIsNoDecimalInRange(String value) {
    assertThatThrownBy(() -> decimal(value))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("LIMIT=");
  }

  @Test
  void readsDecimalsExactly() {
    assertThat(decimal("0.5")).isEqualByComparingTo("0.5");
    assertThat(decimal("100")).isEqualByComparingTo("100");
  }

  @Test
  void neverRepeatsSecrets() {
    Settings settings = Settings.of(Map.of("SCHWAB_TOKEN_KEY", "hunter2"));
    assertThatThrownBy(() -> settings.integer("SCHWAB_TOKEN_KEY", 1, 0, 2))
        .hasMessageNotContaining("hunter2");
    assertThat(settings.toString()).doesNotContain("hunter2");
  }

  @Test
  void keepsMessagesOnOneLine() {
    assertThatThrownBy(() -> Settings.of(Map.of("A", "x\ny")).flag("A", true))
        .hasMessage("A=x?y is not true or false");
  }

  private static BigDecimal decimal(String value) {
    return Settings.of(Map.of("LIMIT", value))
        .decimal("LIMIT", BigDecimal.TEN, BigDecimal.ZERO, BigDecimal.valueOf(100));
  }
}
