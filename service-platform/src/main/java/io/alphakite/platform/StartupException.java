package io.alphakite.platform;

/** A service that cannot start. The message is one line for a person: what is wrong and the fix. */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
