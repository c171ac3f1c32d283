package io.alphakite.suite.command;

/** A command cannot do what it was asked. The message is one line for a person. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what a person should read. */
  public CommandException(String message) {
    super(message);
  }

  /** With what a person should read, and where it comes from. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The first line of a failure's message: drivers add hints and details below it. */
  public static String firstLine(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return message.lines().findFirst().orElse(message);
  }
}
