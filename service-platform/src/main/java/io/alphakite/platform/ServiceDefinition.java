package io.alphakite.platform;

import io.alphakite.db.DatabaseRole;

/**
 * What a service is, to whoever starts it.
 *
 * @param name as in logs and health, e.g. {@code streaming-service}
 * @param application its Spring Boot application class; only its own package is scanned
 * @param portSetting the setting that names its HTTP port
 * @param defaultPort used when that is not set; 0 takes a free one
 * @param role the database role it connects as
 */
public record ServiceDefinition(
    String name, Class<?> application, String portSetting, int defaultPort, DatabaseRole role) {}
