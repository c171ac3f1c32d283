package io.alphakite.streaming.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.streaming.store.AccountEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccountActivityReaderTest {
  private static final Instant NOW = Instant.parse("2026-01-05T15:00:00Z");

  @Test
  void cutsAccountNumbersToTheirLastFour() {
    AccountEvent event =
        read(
            "{\"SchwabOrderID\":\"1000000000001\",\"AccountNumber\":\"12345678\",\"Note\":\"12345678\","
                + "\"Other\":{\"SubAccountNumber\": 87654321}}");
    assertThat(event.payload())
        .isEqualTo(
            "{\"SchwabOrderID\":\"1000000000001\",\"AccountNumber\":\"5678\",\"Note\":\"5678\","
                + "\"Other\":{\"SubAccountNumber\": 4321}}");
    assertThat(event.brokerOrderId()).isEqualTo("1000000000001");
  }

  @Test
  void leavesAnOrderIdThatHoldsTheSameDigits() {
    AccountEvent event = read("{\"SchwabOrderID\":\"9912345678\",\"AccountNumber\":\"12345678\"}");
    assertThat(event.payload())
        .isEqualTo("{\"SchwabOrderID\":\"9912345678\",\"AccountNumber\":\"5678\"}");
  }

  @Test
  void takesNoticesAsTheyAre() {
    AccountEvent event = read("This feature is not supported");
    assertThat(event.payload()).isEqualTo("This feature is not supported");
    assertThat(event.brokerOrderId()).isNull();
  }

  @Test
  void removesWhatTheDatabaseCannotHold() {
    assertThat(read("a\0b").payload()).isEqualTo("ab");
  }

  private static AccountEvent read(String payload) {
    return AccountActivityReader.read(
        new StreamEvent.AccountActivity(1, 7L, "12345678", "OrderCreated", payload, NOW), NOW);
  }
}
