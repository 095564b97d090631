# One image for worker, receiver and every command. No BuildKit is needed, and no network while it runs.
# Pin it in production: --build-arg BASE=python:3.11-slim-bookworm@sha256:...
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PROJECT_ENVIRONMENT=/opt/raccord UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --no-install-project --python python3 --no-cache
COPY . .
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --no-editable --python python3 --no-cache

FROM ${BASE}
# The user has a name because some libraries ask for one. Group 0 of no file: nothing here is written.
RUN groupadd --gid 10001 raccord \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/raccord --create-home --shell /usr/sbin/nologin raccord
COPY --from=build /opt/raccord /opt/raccord
# hadolint ignore=DL3064
ENV PATH=/opt/raccord/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    RACCORD_CONFIG=/etc/raccord/raccord.toml \
    RACCORD_SECRETS_DIR=/run/secrets \
    RACCORD_DATA__DIRECTORY=/var/lib/raccord \
    RACCORD_DATA__KEY_FILE=/run/secrets/keys.json
USER 10001:10001
WORKDIR /var/lib/raccord
VOLUME /var/lib/raccord
# 8080 webhooks, 8081 codec, 9464 and 9465 metrics, 9466 health of a worker
EXPOSE 8080 8081 9464 9465 9466
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 \
    CMD ["python3", "-m", "workers.probe"]
ENTRYPOINT ["raccord"]
CMD ["--help"]
