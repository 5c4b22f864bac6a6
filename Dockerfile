# The pages, the worker and every command: compose.yaml starts them, docs/deploy.md says what goes before.
ARG DEBIAN=debian:trixie-slim
FROM $DEBIAN AS python
# hadolint ignore=DL3008  # a release of Debian keeps its versions: what moves is a flaw mended, which an image built again takes
RUN apt-get update && apt-get install --yes --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*

FROM python AS build
# hadolint ignore=DL3008  # same
RUN apt-get update && apt-get install --yes --no-install-recommends binutils python3-venv
ENV PATH=/opt/entremise/bin:$PATH
RUN python3 -m venv /opt/entremise
ARG LOCK=requirements.lock
COPY $LOCK /requirements.lock
# What only tests, compilers and debuggers read is a quarter of the libraries; compiled modules, 66 MB more, would save a command a second.
RUN pip install --no-cache-dir --no-compile --require-hashes --requirement requirements.lock \
    && find /opt/entremise/lib \( -name tests -o -name '*.py[ix]' -o -name '*.px[di]' -o -name '*.[ch]' -o -name '*.[ch]pp' \) -prune -exec rm -r {} + \
    && find /opt/entremise/lib -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
COPY . /source
RUN pip install --no-cache-dir --no-compile --no-deps --no-build-isolation /source && pip uninstall --yes pip setuptools

FROM python
RUN useradd --uid 1000 --create-home --home-dir /srv/entremise entremise && install --directory --owner 1000 --mode 700 /srv/backups
COPY --from=build /opt/entremise /opt/entremise
COPY deploy/backup /opt/entremise/bin/
# Two heaps for all threads: one for each thread keeps what it has freed to itself.
ENV PATH=/opt/entremise/bin:$PATH MALLOC_ARENA_MAX=2
USER 1000
WORKDIR /srv/entremise
EXPOSE 8321
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8321/api/v1/health', timeout=9)"]
ENTRYPOINT ["entremise"]
CMD ["serve", "--host", "0.0.0.0"]
