package io.alphakite.platform.settings;

/** A setting that stops the start. The message is one line that names the setting and the fix. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }
}
