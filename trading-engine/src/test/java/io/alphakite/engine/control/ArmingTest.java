package io.alphakite.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArmingTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // previous, was, simulated, wanted -> armed
        "same,  true,  false, false, true",
        "same,  false, true,  true,  false",
        "other, true,  false, true,  false",
        "other, true,  true,  false, true",
        "other, false, true,  true,  true",
        "other, false, true,  false, false",
        "-,     false, true,  true,  true",
        "-,     true,  true,  false, false",
        "-,     false, false, true,  false",
      })
  void r50_goesOnAsItWasOnlyWithTheSameBuildAndSettings(
      @Nullable String previous, boolean was, boolean simulated, boolean wanted, boolean armed) {
    assertThat(Arming.afterStart(previous, "same", was, simulated, wanted)).isEqualTo(armed);
  }
}
