package io.alphakite.suite;

/** The suite cannot start. The message is one line for a person. */
final class SuiteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SuiteException(String message, Throwable cause) {
    super(message, cause);
  }

  SuiteException(String message) {
    super(message);
  }
}
