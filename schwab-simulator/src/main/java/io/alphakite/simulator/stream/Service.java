package io.alphakite.simulator.stream;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The streamer's services by their names on the wire, ADMIN aside. */
enum Service {
  LEVELONE_EQUITIES(52),
  LEVELONE_OPTIONS(56),
  LEVELONE_FUTURES(41),
  LEVELONE_FUTURES_OPTIONS(32),
  LEVELONE_FOREX(30),
  CHART_EQUITY(9),
  CHART_FUTURES(7),
  NYSE_BOOK(4),
  NASDAQ_BOOK(4),
  OPTIONS_BOOK(4),
  SCREENER_EQUITY(5),
  SCREENER_OPTION(5),
  ACCT_ACTIVITY(4);

  private static final Map<String, Service> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

  private final int fields;

  Service(int fields) {
    this.fields = fields;
  }

  /** One more than the highest field number. */
  int fields() {
    return fields;
  }

  /** Whether it is one of the bar services, which take fewer symbols. */
  boolean isChart() {
    return this == CHART_EQUITY || this == CHART_FUTURES;
  }

  /** The service of a name; empty for those that do not exist or exist no more. */
  static Optional<Service> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
