package io.alphakite.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.stream.ChannelLog.Message;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChannelLogTest {
  private final ChannelLog log = new ChannelLog(3);

  @Test
  void knowsNothingAtFirst() {
    assertThat(log.head()).isZero();
    assertThat(log.oldest()).isOne();
    assertThat(log.get(0)).isNull();
    assertThat(log.get(1)).isNull();
    assertThat(log.newestAfter(0)).isEmpty();
  }

  @Test
  void numbersFromOneAndForgetsTheOldest() {
    for (String ticker : new String[] {"A", "B", "A", "A"}) {
      log.append(ticker, seq -> "m" + seq);
    }

    assertThat(log.head()).isEqualTo(4);
    assertThat(log.oldest()).isEqualTo(2);
    assertThat(log.get(1)).isNull();
    assertThat(log.get(2)).isNotNull().extracting(Message::json).isEqualTo("m2");
    assertThat(log.get(5)).isNull();
  }

  @Test
  void keepsTheNewestOfEachTickerForEver() {
    for (String ticker : new String[] {"B", "A", "A", "A", "A"}) {
      log.append(ticker, seq -> "m" + seq);
    }

    assertThat(Arrays.stream(log.newestAfter(0)).map(Message::json)).containsExactly("m1", "m5");
    assertThat(Arrays.stream(log.newestAfter(1)).map(Message::json)).containsExactly("m5");
    assertThat(log.newestAfter(0)[1].count()).isEqualTo(4);
    assertThat(log.tickers()).containsExactly("A", "B");
  }
}
