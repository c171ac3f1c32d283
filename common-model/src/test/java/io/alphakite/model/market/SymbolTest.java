package io.alphakite.model.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"A", "SPY", "BRK.B", "BRK/B", "BF-B", "T1", "ABCDEFGHIJ.ABCD", "$SPX", "$VIX.X"})
  void acceptsTickers(String symbol) {
    assertThat(Ticker.of(" " + symbol + " ")).hasToString(symbol);
    assertThat(Ticker.of(symbol).isIndex()).isEqualTo(symbol.startsWith("$"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "spy",
        "Spy",
        "1A",
        "SPY,IBM",
        "SP Y",
        "BRK.",
        ".B",
        "BRK..B",
        "ABCDEFGHIJK",
        "ABC.ABCDE",
        "$",
        "$1",
        "SPY\n",
        "../etc",
        "SPY;--",
        "\u0405PY"
      })
  void refusesWhatIsNoTicker(String symbol) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Ticker(symbol));
  }

  @Test
  void readsAndWritesOptionSymbols() {
    OptionSymbol option = OptionSymbol.parse("QQQ   251107C00610500");

    assertThat(option)
        .isEqualTo(
            new OptionSymbol("QQQ", LocalDate.of(2025, 11, 7), OptionType.CALL, Price.of("610.5")))
        .hasToString("QQQ   251107C00610500");
    assertThat(OptionSymbol.parse("SPXW  260320P05000000").strike()).isEqualTo(Price.of("5000"));
    assertThat(OptionSymbol.parse("ABC1  260320P00000001").strike()).isEqualTo(Price.of("0.001"));
    assertThat(OptionSymbol.parse("GOOGL7260320P00000001").root()).isEqualTo("GOOGL7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "QQQ251107C00610500",
        "QQQ  251107C00610500",
        "QQQ    251107C00610500",
        "QQQ   251307C00610500",
        "QQQ   250229C00610500",
        "QQQ   251107X00610500",
        "QQQ   251107C00000000",
        "qqq   251107C00610500",
        " QQQ  251107C00610500",
        "QQQ   251107C0061050\u0660",
        "QQQ   251107C00610500\n"
      })
  void refusesWhatIsNoOptionSymbol(String symbol) {
    assertThatIllegalArgumentException().isThrownBy(() -> OptionSymbol.parse(symbol));
  }

  @Test
  void refusesStrikesFinerThanTheSymbolCanSay() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new OptionSymbol(
                    "QQQ", LocalDate.of(2025, 11, 7), OptionType.PUT, Price.of("1.0001")));
  }

  @ParameterizedTest
  @EnumSource(BarInterval.class)
  void readsTheLabelOfEachInterval(BarInterval interval) {
    assertThat(BarInterval.parse(interval.label())).isEqualTo(interval);
  }

  @ParameterizedTest
  @EnumSource(OptionType.class)
  void readsWhatItWritesForOptionTypes(OptionType type) {
    assertThat(OptionType.fromWire(type.wire())).isEqualTo(type);
    assertThatIllegalArgumentException().isThrownBy(() -> OptionType.fromWire(type.name()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2m", "1M", "60", ""})
  void refusesOtherIntervals(String label) {
    assertThatIllegalArgumentException().isThrownBy(() -> BarInterval.parse(label));
  }

  @Test
  void refusesImpossibleBars() {
    Instant start = Instant.parse("2013-10-07T13:30:00Z");
    Price low = Price.of("1");
    Price high = Price.of("2");

    assertThatIllegalArgumentException().isThrownBy(() -> new Bar(start, low, low, high, high, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Bar(start, low, high, low, high, -1));
  }
}
