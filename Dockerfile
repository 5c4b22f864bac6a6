# The pages of a team: compose.yaml starts them beside their database, docs/deploy.md says what goes before.
FROM python:3.13-slim
RUN --mount=type=bind,target=/source,rw pip install --no-cache-dir "/source[postgresql]" \
    && useradd --uid 1000 --create-home --home-dir /srv/entremise entremise
USER 1000
WORKDIR /srv/entremise
EXPOSE 8321
ENTRYPOINT ["entremise"]
CMD ["serve", "--host", "0.0.0.0"]
