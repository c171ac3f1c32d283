package io.alphakite.gateway.access;

import io.alphakite.platform.ServiceDefinition;
import java.io.Console;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Shows the person who starts a gateway alone on a terminal how to get in. Where nobody watches it
 * says nothing: what goes to a log file is not shown but kept. The suite does the same in its own
 * words.
 */
@Component
class TerminalWelcome {
  private final ServiceDefinition service;
  private final BootstrapKey bootstrap;
  private final SignInLinks links;
  private final AccessSettings settings;

  TerminalWelcome(
      ServiceDefinition service,
      BootstrapKey bootstrap,
      SignInLinks links,
      AccessSettings settings) {
    this.service = service;
    this.bootstrap = bootstrap;
    this.links = links;
    this.settings = settings;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) {
    // Null still happens under some launchers; isTerminal decides.
    @SuppressWarnings("SystemConsoleNull")
    Console console = System.console();
    boolean alone = service.name().equals(System.getProperty("kite.service"));
    if (!alone || console == null || !console.isTerminal()) {
      return;
    }
    bootstrap
        .reveal()
        .ifPresent(key -> console.printf("API key with every scope, shown once: %s%n", key));
    String base =
        settings.publicUrl() != null
            ? settings.publicUrl().toString().replaceAll("/+$", "")
            : "http://localhost:" + port(event);
    console.printf(
        "Sign in within %d minutes: %s%s%n", SignInLinks.LIFETIME.toMinutes(), base, links.mint());
  }

  private static int port(ApplicationReadyEvent event) {
    return event.getApplicationContext() instanceof WebServerApplicationContext web
            && web.getWebServer() != null
        ? web.getWebServer().getPort()
        : 0;
  }
}
