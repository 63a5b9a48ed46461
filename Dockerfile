# One image for the site, its worker and its recurring work; docker-compose.yml says which is which.
FROM node:24-bookworm-slim AS front-end
WORKDIR /srv/wardmote
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY site/wardmote/scss site/wardmote/scss
RUN npm run --silent build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/wardmote
COPY requirements/scale.txt requirements/scale.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/scale.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
COPY --from=front-end /srv/wardmote/node_modules node_modules
COPY --from=front-end /srv/wardmote/var/css css
RUN useradd --system --create-home wardmote && mkdir -p var data && mv css var/css && chown -R wardmote data
USER wardmote
ENV WARDMOTE_DATA_DIR=/srv/wardmote/data WARDMOTE_DEMONSTRATION=0
EXPOSE 8000
CMD ["wardmote", "serve", "--prepare", "--bind", "0.0.0.0:8000"]
