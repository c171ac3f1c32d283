# One recipe for every image: it packs a jar that is already built, so that a small machine need not compile.
# docker-compose.yml names the jar of each image; build them all first, e.g. with `mvn -DskipTests package`.
#
# The base is a tag: pin it by digest once you have pulled it (docs/deploy.md).
FROM eclipse-temurin:25-jre-noble

RUN groupadd --gid 10001 kite \
    && useradd --uid 10001 --gid kite --no-create-home --home-dir /var/lib/kite --shell /usr/sbin/nologin kite \
    && install --directory --owner kite --group kite --mode 0700 /var/lib/kite

WORKDIR /app
# Owned by the user that reads them, so that they are readable whatever the umask of the machine that built them; the
# containers mount all of this read-only.
COPY --chown=10001:10001 deploy/images/ /app/
# Which jar, as in trading-engine/target/trading-engine.jar. Last, so that the layers above are shared.
ARG JAR
COPY --chown=10001:10001 ${JAR} /app/app.jar

# By number, so that an engine that demands a non-root user can see that it is none.
USER 10001:10001
# The HTTP port that the health check asks; blank for a job, which has none.
ARG PORT=""
ENV KITE_HEALTH_PORT=${PORT}
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 CMD ["/app/ready"]
ENTRYPOINT ["java", "@/app/jvm.options", "-jar", "/app/app.jar"]
