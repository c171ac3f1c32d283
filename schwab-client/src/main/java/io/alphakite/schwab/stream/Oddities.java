package io.alphakite.schwab.stream;

import io.alphakite.schwab.stream.Quarantined.Reason;

/** Counts what could not be understood and keeps a sample of it. Thread-safe. */
final class Oddities {

  private static final int SAMPLED_MAX = 4_000;

  private final Counters counters;
  private final Quarantine quarantine;

  Oddities(Counters counters, Quarantine quarantine) {
    this.counters = counters;
    this.quarantine = quarantine;
  }

  void garbledFrame(String why, String frame, long from) {
    counters.garbledFrames.increment();
    quarantine.take(Reason.GARBLED_FRAME, why, frame, from);
  }

  void unknownMember(String name) {
    counters.unknownServices.increment();
    quarantine.take(Reason.UNKNOWN_MEMBER, name, name);
  }

  void unknownService(String name) {
    counters.unknownServices.increment();
    quarantine.take(Reason.UNKNOWN_SERVICE, name, name);
  }

  void unknownNotice(Object notice) {
    counters.unknownServices.increment();
    quarantine.take(Reason.UNKNOWN_NOTICE, "notify", cut(notice));
  }

  void unknownAnswer(int code, String message) {
    quarantine.take(Reason.UNKNOWN_ANSWER, "code " + code, cut(message));
  }

  void unknownField(StreamService service, String name) {
    counters.unknownFields.increment();
    quarantine.take(Reason.UNKNOWN_FIELD, service + " " + name, name);
  }

  void badValue(StreamService service, Object field, Object value) {
    counters.badValues.increment();
    quarantine.take(Reason.BAD_VALUE, service + " " + field, cut(value));
  }

  void badItem(StreamService service, String why, Object item) {
    counters.badItems.increment();
    quarantine.take(Reason.BAD_ITEM, service + " " + why, cut(item));
  }

  private static String cut(Object value) {
    String text = String.valueOf(value);
    return text.length() <= SAMPLED_MAX ? text : text.substring(0, SAMPLED_MAX);
  }
}
