package io.alphakite.schwab.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which services should bring data now, and since when that is so. Thread-safe. */
final class Expectations {

  /**
   * One service's.
   *
   * @param sinceNanos silence before that was no fault
   */
  record Expected(DataExpectation limits, long sinceNanos) {}

  private final Map<StreamService, Expected> expected = new ConcurrentHashMap<>();

  /** Saying the same again changes nothing. */
  void expect(StreamService service, DataExpectation limits) {
    expected.compute(
        service,
        (_, before) ->
            before != null && before.limits().equals(limits)
                ? before
                : new Expected(limits, System.nanoTime()));
  }

  void expectNone(StreamService service) {
    expected.remove(service);
  }

  Map<StreamService, Expected> current() {
    return Map.copyOf(expected);
  }
}
