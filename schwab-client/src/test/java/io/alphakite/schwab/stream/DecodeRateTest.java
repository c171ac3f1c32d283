package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * How fast frames become events on one core: bounded by what a plain parser of JSON takes for them
 * in the same run, since a busy machine slows both.
 */
class DecodeRateTest {

  private static final Logger log = LoggerFactory.getLogger(DecodeRateTest.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int ITEMS_PER_FRAME = 50;

  @Test
  void decodesFarMoreThanAMarketSends() {
    long[] events = new long[1];
    FrameDecoder decoder =
        new FrameDecoder(
            1,
            InstantSource.fixed(Instant.EPOCH),
            new Counters(),
            new Quarantine(),
            ChartLayout.OBSERVED,
            new FrameDecoder.Sink() {
              @Override
              public void data(StreamService service, StreamEvent event) {
                events[0]++;
              }

              @Override
              public void heartbeat(StreamEvent.Heartbeat heartbeat) {}

              @Override
              public void damaged(StreamEvent.Damaged event) {}

              @Override
              public void interrupted(StreamEvent.Damaged event) {}

              @Override
              public void answer(String requestId, int code, String message) {}

              @Override
              public void notice(int code, String message) {}
            });
    Random random = new Random(11);
    String[] frames = new String[200];
    for (int f = 0; f < frames.length; f++) {
      frames[f] = frame(random, f == 0);
    }
    long decoding = Long.MAX_VALUE;
    long reading = Long.MAX_VALUE;
    for (int round = 0; round < 6; round++) {
      decoding =
          Math.min(decoding, nanos(frames, frame -> assertThat(decoder.decode(frame)).isTrue()));
      reading =
          Math.min(reading, nanos(frames, frame -> assertThat(JSON.readTree(frame)).isNotNull()));
    }
    long items = (long) frames.length * ITEMS_PER_FRAME;
    assertThat(events[0]).isGreaterThan(5 * items);
    double ratio = (double) decoding / reading;
    log.atInfo()
        .addKeyValue("event", "decode.rate")
        .log(
            "Decoded {} items a second at best, in {} of a parser's time",
            Math.round(items * 1e9 / decoding),
            ratio);
    assertThat(ratio).isLessThan(5);
  }

  private static long nanos(String[] frames, Consumer<String> work) {
    long start = System.nanoTime();
    for (String frame : frames) {
      work.accept(frame);
    }
    return System.nanoTime() - start;
  }

  private static String frame(Random random, boolean image) {
    StringBuilder frame =
        new StringBuilder(
            "{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":1767623400500,"
                + "\"command\":\"SUBS\",\"content\":[");
    for (int i = 0; i < ITEMS_PER_FRAME; i++) {
      int cents = random.nextInt(100);
      frame
          .append(i == 0 ? "" : ",")
          .append("{\"key\":\"T%d\",".formatted(i))
          .append(image ? "\"delayed\":false,\"assetMainType\":\"EQUITY\"," : "")
          .append(
              "\"1\":50.%02d,\"2\":50.%02d,\"3\":50.0%02d,\"4\":%d,\"5\":7,\"8\":%d,\"9\":100,\"34\":1767623400123,\"35\":1767623399990}"
                  .formatted(cents, cents, cents, random.nextInt(50), random.nextInt(1_000_000)));
    }
    return frame.append("]}]}").toString();
  }
}
