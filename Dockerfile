# An image that serves a store, and builds one. Everything comes from hashed locks; the kernels are
# compiled here, so that a container starts at once.
#
#   docker build -t tileserver .
#   docker run --rm -p 8080:8080 -v ./var/france:/data/store:ro tileserver
#   docker run --rm -v ./data:/data/sources:ro -v ./var:/data/out tileserver \
#     build --sources /data/sources --store /data/out/france
#
# `--build-arg DEMO=1` puts the synthetic country into the image, to try it without any data.

ARG PYTHON_VERSION=3.11
ARG NODE_VERSION=22
ARG DEBIAN=bookworm

# ------------------------------------------------------------------------- the map page, by npm's lock
FROM node:${NODE_VERSION}-${DEBIAN}-slim AS page
WORKDIR /page
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tileserver/web/page/ tileserver/web/page/
RUN npm run build && cp node_modules/maplibre-gl/LICENSE.txt tileserver/web/page/built/

# ----------------------------------------------------------------------------------------------- build
FROM python:${PYTHON_VERSION}-slim-${DEBIAN} AS build
ARG DEMO=0
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/venv
# The dependencies first: this layer is made again only when a lock changes.
COPY locks/ locks/
RUN /opt/venv/bin/pip install --no-compile --require-hashes --no-deps -r locks/runtime.txt \
    && pip install --require-hashes --no-deps -r locks/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY layers/ layers/
COPY styles/ styles/
COPY preprocess/ preprocess/
COPY tileserver/ tileserver/
COPY --from=page /page/tileserver/web/page/built/ tileserver/web/page/built/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/venv/bin/pip install --no-deps --no-compile --no-index /wheels/*.whl

# The kernels are compiled for a plain processor, as the image may run on another than this one.
# numba takes a cached kernel only while its source file has the very same time; image layers keep whole
# seconds, so the sources get one before anything is compiled.
ENV NUMBA_CACHE_DIR=/opt/kernels \
    NUMBA_CPU_NAME=generic \
    NUMBA_CPU_FEATURES=""
RUN mkdir -p /opt/kernels /opt/demo \
    && find /opt/venv -name '*.py' -exec touch --date=2000-01-01T00:00:00Z {} + \
    && { python -m compileall -q -j 0 /opt/venv > /dev/null || true; }
RUN /opt/venv/bin/python -c "from tileserver.tiles import render; from tileserver.tiles.filtering import spatial; render.warm(); spatial.warm()" \
    && if [ "$DEMO" = 1 ]; then \
         /opt/venv/bin/tileserver demo /tmp/demo \
         && /opt/venv/bin/tileserver build --sources /tmp/demo --store /opt/demo \
         && rm -rf /tmp/demo; \
       fi

# --------------------------------------------------------------------------------------------- runtime
FROM python:${PYTHON_VERSION}-slim-${DEBIAN} AS runtime
LABEL org.opencontainers.image.title="tileserver" \
      org.opencontainers.image.description="Vector tiles of French territories, with indicator attributes" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 tileserver \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent tileserver \
    && install -d -o tileserver -g tileserver /data /data/store
COPY --from=build /opt/venv /opt/venv
# numba uses a cache folder only where it may write.
COPY --from=build --chown=10001:10001 /opt/kernels /opt/kernels
COPY --from=build --chown=10001:10001 /opt/demo /data/store
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/opt/kernels \
    NUMBA_CPU_NAME=generic \
    NUMBA_CPU_FEATURES="" \
    TILESERVER_STORE=/data/store \
    TILESERVER_HOST=0.0.0.0 \
    TILESERVER_PORT=8080
USER 10001:10001
WORKDIR /data
VOLUME ["/data/store"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['TILESERVER_PORT'] + '/health', timeout=2)"]
ENTRYPOINT ["tileserver"]
CMD ["serve"]
