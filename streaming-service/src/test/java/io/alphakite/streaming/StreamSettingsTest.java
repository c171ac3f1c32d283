package io.alphakite.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.streaming.option.OptionSettings;
import io.alphakite.streaming.store.StoreSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamSettingsTest {

  @Test
  void defaultsAreTheContracts() {
    StreamSettings stream = StreamSettings.from(Settings.of(Map.of()));
    assertThat(stream.tickers()).containsExactly(new Ticker("QQQ"));
    assertThat(stream.hours()).isEqualTo(TradingHours.REGULAR);
    assertThat(stream.bars().label()).isEqualTo("1m");
    assertThat(OptionSettings.from(Settings.of(Map.of())))
        .isEqualTo(new OptionSettings(true, 2, 1));
    StoreSettings store = StoreSettings.from(Settings.of(Map.of()));
    assertThat(store.batchSize()).isEqualTo(1);
    assertThat(store.batchInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void tickersAreTakenOnceAndTheAliasWorks() {
    assertThat(StreamSettings.from(Settings.of(Map.of("STREAM_TICKERS", "SPY, IBM,SPY"))).tickers())
        .containsExactly(new Ticker("IBM"), new Ticker("SPY"));
    assertThat(StreamSettings.from(Settings.of(Map.of("STREAM_TICKER", "BRK.B"))).tickers())
        .containsExactly(new Ticker("BRK.B"));
  }

  @Test
  void intervalMayBeAFraction() {
    assertThat(StoreSettings.from(Settings.of(Map.of("BATCH_INTERVAL", "0.25"))).batchInterval())
        .isEqualTo(Duration.ofMillis(250));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "STREAM_TICKERS | spy",
        "STREAM_TICKERS | SPY,,IBM",
        "STREAM_TICKER | SPY;IBM",
        "STREAM_HOURS | nightly",
        "STREAM_OPTIONS | yes",
        "STREAM_OPTION_STRIKES | -1",
        "STREAM_OPTION_STRIKES | 51",
        "STREAM_OPTION_EXPIRATIONS | 0",
        "INDICATOR_BAR | 2m",
        "BATCH_SIZE | 0",
        "BATCH_SIZE | many",
        "BATCH_INTERVAL | 0",
        "BATCH_INTERVAL | 1s",
      })
  void badValueIsNamedInOneLine(String name, String value) {
    Settings settings = Settings.of(Map.of(name, value));
    assertThatThrownBy(
            () -> {
              StreamSettings.from(settings);
              OptionSettings.from(settings);
              StoreSettings.from(settings);
            })
        .hasMessageStartingWith(name + "=" + value + " is not ")
        .message()
        .doesNotContain("\n");
  }
}
