package io.alphakite.gateway.web;

import org.springframework.http.HttpStatus;

/** Problems that are found in more than one place. */
public final class Problems {
  private Problems() {}

  /** 404: nothing lives there. */
  public static Problem noSuchPath(String path) {
    return Problem.of(
        HttpStatus.NOT_FOUND,
        "no_such_path",
        "Nothing lives at " + printable(path) + ".",
        "See /v1/openapi.json or /docs for what does.");
  }

  /** 405: something lives there, but not for this method. */
  public static Problem methodNotAllowed(String method, String path) {
    return Problem.of(
        HttpStatus.METHOD_NOT_ALLOWED,
        "method_not_allowed",
        printable(method) + " is not possible on " + printable(path) + ".",
        "The Allow header lists what is.");
  }

  /** 415. */
  public static Problem unsupportedMediaType() {
    return Problem.of(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "The body has to be plain JSON.",
        "Send Content-Type: application/json and no Content-Encoding.");
  }

  /** What a caller sent, fit to be repeated: printable and short. */
  public static String printable(String text) {
    String shown = text.replaceAll("[^\\x20-\\x7E]", "?");
    return shown.length() > 100 ? shown.substring(0, 100) + "..." : shown;
  }
}
