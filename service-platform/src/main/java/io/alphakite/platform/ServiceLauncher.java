package io.alphakite.platform;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.database.SchemaCheck;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.io.PrintStream;
import java.net.BindException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Starts a service: settings in, a Spring context out, and one clear line when that fails. */
public final class ServiceLauncher {
  static {
    takeOverLogging();
  }

  private static final String JPA =
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
          + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);
  private static final Duration STOP_GLANCE = Duration.ofMillis(50);

  private ServiceLauncher() {}

  /**
   * Keeps logging as {@code logback.xml} says. Spring Boot would set it up anew for every context,
   * and several of them may share this process.
   */
  public static void takeOverLogging() {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }

  /**
   * The body of a service's {@code main}: runs until the process is told to stop; exits 1 when the
   * start fails.
   */
  public static void main(ServiceDefinition service, String... arguments) {
    if (arguments.length > 0) {
      boolean help = arguments[0].equals("--help") || arguments[0].equals("-h");
      PrintStream out = help ? System.out : System.err;
      if (!help) {
        out.println(
            service.name()
                + ": unknown argument "
                + arguments[0]
                + "; settings are environment variables");
      }
      out.println("usage: java -jar " + service.name() + ".jar");
      out.println(
          "Settings come from the environment; env.template lists them. HTTP port: "
              + service.portSetting()
              + " ("
              + service.defaultPort()
              + ").");
      System.exit(help ? 0 : 2);
    }
    System.setProperty("kite.service", service.name());
    try {
      RunningService running = start(service, Settings.of(System.getenv()));
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(running), service.name() + "-stop"));
    } catch (StartupException e) {
      System.err.println(service.name() + ": " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Stops a service whose process ends. What its lifecycle has to bring to its place gets there;
   * nothing that merely lets go of connections may hold the process beyond {@link #STOP_LIMIT}.
   */
  private static void stop(RunningService running) {
    Thread closing = Thread.ofPlatform().name("closing").daemon(true).start(running::close);
    long start = System.nanoTime();
    try {
      while (!closing.join(STOP_GLANCE)) {
        long passed = System.nanoTime() - start;
        if (passed > STOP_LIMIT.toNanos() && !running.context().isRunning()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Starts a service in this process; the caller closes it.
   *
   * @throws StartupException when a setting is bad, the database cannot be used or the port is
   *     taken
   */
  public static RunningService start(ServiceDefinition service, Settings settings) {
    return start(service, settings, InstantSource.system());
  }

  /**
   * Starts a service that takes this for the time of day.
   *
   * @throws StartupException as {@link #start(ServiceDefinition, Settings)}
   */
  public static RunningService start(
      ServiceDefinition service, Settings settings, InstantSource wallClock) {
    try {
      int port = settings.integer(service.portSetting(), service.defaultPort(), 0, 65_535);
      String address = settings.text("BIND_ADDRESS", "127.0.0.1");
      Map<String, Object> properties = new HashMap<>();
      properties.put("server.port", port);
      properties.put("server.address", address);
      DatabaseUrl database = DatabaseSettings.of(settings, service.role());
      SchemaCheck.require(database);
      properties.putAll(DatabaseSettings.pool(database, service.name()));
      ConfigurableApplicationContext context =
          new SpringApplicationBuilder(service.application(), PlatformConfiguration.class)
              // Several services share a class path: none reads another's application.properties.
              .properties(
                  "spring.config.name=" + service.name(),
                  "spring.application.name=" + service.name())
              .properties(defaults())
              .bannerMode(Banner.Mode.OFF)
              .logStartupInfo(false)
              .registerShutdownHook(false)
              .initializers(
                  starting -> {
                    starting
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("service", properties));
                    starting.getBeanFactory().registerSingleton("settings", settings);
                    starting.getBeanFactory().registerSingleton("wallClock", wallClock);
                    starting.getBeanFactory().registerSingleton("serviceDefinition", service);
                  })
              .run();
      int actual =
          Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
      return new RunningService(actual, context);
    } catch (SQLException | RuntimeException e) {
      throw new StartupException(explain(service, settings, e), e);
    }
  }

  /**
   * What a service gets unless its own {@code NAME.properties} says otherwise. In one process every
   * service sees the libraries of all: what only one of them wants is off until it turns it on.
   */
  private static Map<String, Object> defaults() {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("spring.autoconfigure.exclude", JPA);
    defaults.put("spring.web.resources.add-mappings", "false");
    defaults.put("spring.main.log-startup-info", "false");
    defaults.put("spring.threads.virtual.enabled", "true");
    defaults.put("spring.jmx.enabled", "false");
    defaults.put("spring.lifecycle.timeout-per-shutdown-phase", "2s");
    defaults.put("server.shutdown", "graceful");
    defaults.put("server.tomcat.threads.max", "50");
    defaults.put("spring.jpa.open-in-view", "false");
    defaults.put("spring.jpa.hibernate.ddl-auto", "none");
    defaults.put("spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access", "false");
    // Entities are annotated: without this Hibernate loads a whole XML binding for mapping files.
    defaults.put("spring.jpa.properties.hibernate.xml_mapping_enabled", "false");
    defaults.put("spring.jpa.properties.jakarta.persistence.validation.mode", "none");
    defaults.put("spring.jpa.database-platform", "org.hibernate.dialect.PostgreSQLDialect");
    defaults.put("spring.sql.init.mode", "never");
    defaults.put("management.endpoints.web.exposure.include", "health,prometheus");
    defaults.put("management.endpoint.health.probes.enabled", "true");
    defaults.put("management.endpoint.health.show-details", "never");
    defaults.put("management.metrics.tags.application", "${spring.application.name}");
    return defaults;
  }

  /** One line for a person, from the deepest cause that says something useful. */
  private static String explain(ServiceDefinition service, Settings settings, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case SettingsException bad -> {
          return Objects.requireNonNull(bad.getMessage());
        }
        case StartupException known -> {
          return Objects.requireNonNull(known.getMessage());
        }
        case PortInUseException taken -> {
          return portTaken(service, taken.getPort());
        }
        case BindException bind -> {
          return portTaken(
              service, settings.integer(service.portSetting(), service.defaultPort(), 0, 65_535));
        }
        case SQLException sql when sql.getSQLState() != null -> {
          return database(sql);
        }
        default -> {}
      }
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "cannot start: "
        + firstLine(root.getMessage() == null ? root.toString() : root.getMessage());
  }

  private static String portTaken(ServiceDefinition service, int port) {
    return service.portSetting()
        + "="
        + port
        + " is in use by another program: stop it or choose another port";
  }

  private static String database(SQLException failure) {
    String state = Objects.requireNonNull(failure.getSQLState());
    String said = firstLine(String.valueOf(failure.getMessage()));
    return switch (state) {
      case "28P01", "28000" -> "the database refuses DATABASE_USER or DATABASE_PASSWORD: " + said;
      case "3D000" -> "DATABASE_URL names a database that does not exist: " + said;
      case "08001", "08006", "08004" -> "cannot reach the database of DATABASE_URL: " + said;
      case "42P01", "42501" ->
          "the database has not the schema this build needs, run ./kite migrate: " + said;
      default -> "the database says: " + said;
    };
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
