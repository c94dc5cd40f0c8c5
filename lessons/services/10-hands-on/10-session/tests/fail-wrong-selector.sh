# expect: service-selects no-service
kubectl get cs
cat service.yaml
kubectl create -f deployment.yaml
kubectl rollout status deployment nginx
kubectl get pod -o wide
sed -i 's/    run: nginx/    run: ngnix/' service.yaml
kubectl create -f service.yaml
sleep 3
