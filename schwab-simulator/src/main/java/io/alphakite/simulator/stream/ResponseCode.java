package io.alphakite.simulator.stream;

/** The codes of the Streamer Guide's table that this streamer gives. */
enum ResponseCode {
  SUCCESS(0),
  LOGIN_DENIED(3),
  UNKNOWN_FAILURE(9),
  SERVICE_NOT_AVAILABLE(11),
  CLOSE_CONNECTION(12),
  REACHED_SYMBOL_LIMIT(19),
  STREAM_CONN_NOT_FOUND(20),
  BAD_COMMAND_FORMAT(21),
  FAILED_COMMAND_SUBS(22),
  FAILED_COMMAND_UNSUBS(23),
  FAILED_COMMAND_ADD(24),
  FAILED_COMMAND_VIEW(25),
  SUCCEEDED_COMMAND_SUBS(26),
  SUCCEEDED_COMMAND_UNSUBS(27),
  SUCCEEDED_COMMAND_ADD(28),
  SUCCEEDED_COMMAND_VIEW(29),
  STOP_STREAMING(30);

  private final int number;

  ResponseCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
